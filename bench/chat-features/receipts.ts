import { setTimeout as delay } from 'node:timers/promises'
import { messages } from '@secureconnect/protocol'
import { Pool } from 'undici'
import { Listening } from '../chat/listening.ts'
import { subscribing } from '../chat/subscribing.ts'
import type { World } from '../chat/world.ts'
import type { Measured } from '../shared/measured.ts'
import { fillQuietly } from './fill-quietly.ts'

export const groupMembers = 300
const readsAtOnce = 32
const messagesEach = 1_000
/** The first receipts after a while are told at once, those that follow by the second. */
const firstMs = 1_000

export type ReceiptFrames = { readsPerSecond: number; framesPerClientSecond: number }

/** A group in which everybody reads as fast as he can, and what that costs each of its sockets. */
export async function measureReceipts(world: World, chat: Measured, seconds: number): Promise<ReceiptFrames> {
  const people = await world.createPeople(groupMembers)
  const [sender] = people
  if (!sender) throw new Error('A group has people')
  const conversationId = await world.createGroup(people)
  await fillQuietly(world, { conversationId, sender, each: messagesEach })
  const first = subscribing(conversationId)
  const sockets = people.map(({ token }) => ({ token, first }))
  await using stack = new AsyncDisposableStack()
  const listening = stack.use(
    await Listening.create({ port: Number(new URL(chat.url).port), path: '/v1/ws/chat', sockets }),
  )
  // Each has said hello, ready and where it stands.
  await listening.reached(3 * groupMembers)
  const pool = stack.adopt(new Pool(chat.url, { connections: readsAtOnce, pipelining: 1 }), (open) => open.close())
  const endsAt = performance.now() + firstMs + seconds * 1_000
  let reads = 0
  const readOn = async () => {
    while (performance.now() < endsAt) {
      const n = reads++
      const answer = await pool.request({
        method: 'POST',
        path: messages.read.path,
        headers: { authorization: `Bearer ${people[n % groupMembers]?.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ conversation_id: conversationId, seq: 1 + Math.floor(n / groupMembers) }),
      })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`A read was answered with ${answer.statusCode}`)
    }
  }
  const reading = Promise.all(Array.from({ length: readsAtOnce }, readOn))
  await delay(firstMs)
  const [startedAt, readsBefore, framesBefore] = [performance.now(), reads, await listening.count()]
  await reading
  const elapsedSeconds = (performance.now() - startedAt) / 1_000
  const frames = (await listening.count()) - framesBefore
  return {
    readsPerSecond: (reads - readsBefore) / elapsedSeconds,
    // They come by the second; when the reading ends is some milliseconds off.
    framesPerClientSecond: Math.round((100 * frames) / groupMembers / elapsedSeconds) / 100,
  }
}
