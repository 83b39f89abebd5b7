import { messages } from '@secureconnect/protocol'
import { Pool } from 'undici'
import type { Measured } from '../shared/measured.ts'
import { type Answered, offer } from '../shared/offer.ts'
import { readCounter } from './read-counter.ts'
import type { World } from './world.ts'

export const readsPerSecond = 200
export const readersAtOnce = 1_000

export type History = { pages: Answered[]; queriesOfMany: number }

/** Pages of a conversation at a steady rate, and a thousand people who open the same one at once. */
export async function measureHistory(world: World, chat: Measured, seconds: number): Promise<History> {
  await using stack = new AsyncDisposableStack()
  const pool = stack.adopt(new Pool(chat.url, { connections: readersAtOnce }), (open) => open.close())
  const people = await world.createPeople(readersAtOnce)
  const conversationId = await world.createGroup(people)
  const [author] = people
  const post = (n: number) =>
    pool.request({
      method: 'POST',
      path: messages.send.path,
      headers: { authorization: `Bearer ${author?.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ conversation_id: conversationId, content: `message ${n}`, message_type: 'text' }),
    })
  await Promise.all(Array.from({ length: 500 }, async (_, n) => (await post(n)).body.dump()))

  const read = async (n: number) => {
    const answer = await pool.request({
      method: 'GET',
      path: `${messages.list.path}?conversation_id=${conversationId}&limit=50`,
      headers: { authorization: `Bearer ${people[n % people.length]?.token}` },
    })
    await answer.body.dump()
    return answer
  }
  await offer({ perSecond: readsPerSecond, seconds: 2, send: read })
  const pages = await offer({ perSecond: readsPerSecond, seconds, send: read })
  await Promise.all(people.map((_, n) => read(n)))
  const before = await readCounter(chat, 'db_query_duration_seconds_count', 'conversation_log')
  await Promise.all(people.map((_, n) => read(n)))
  return {
    pages,
    queriesOfMany: (await readCounter(chat, 'db_query_duration_seconds_count', 'conversation_log')) - before,
  }
}
