import type { Measured } from '../shared/measured.ts'
import { Listening } from './listening.ts'
import { readCounter } from './read-counter.ts'
import { createSend } from './sends.ts'
import { subscribing } from './subscribing.ts'
import type { World } from './world.ts'

export const clients = 5_000
const missed = 20

export type Storm = { seconds: number; logReads: number }

/** Everybody comes back at once, some messages behind: how long until each has them all, and what that asks of the log. */
export async function measureStorm(world: World, chat: Measured): Promise<Storm> {
  await using stack = new AsyncDisposableStack()
  const people = await world.createPeople(1_000)
  const conversationId = await world.createGroup(people)
  const send = createSend(stack, chat, [{ conversationId, senders: people }])
  for (let n = 0; n < missed; n++) await send(n)
  const first = subscribing(conversationId, 0)
  const sockets = Array.from({ length: clients }, (_, n) => ({ token: people[n % people.length]?.token ?? '', first }))
  const before = await readCounter(chat, 'db_query_duration_seconds_count', 'conversation_log')
  const startedAt = performance.now()
  const listening = stack.use(
    await Listening.create({ port: Number(new URL(chat.url).port), path: '/v1/ws/chat', sockets }),
  )
  await listening.reached(clients * (3 + missed))
  const seconds = (performance.now() - startedAt) / 1_000
  return {
    seconds,
    logReads: (await readCounter(chat, 'db_query_duration_seconds_count', 'conversation_log')) - before,
  }
}
