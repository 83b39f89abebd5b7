import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { scale } from '@secureconnect/test/helpers'
import { createRoom } from './create-room.ts'
import { range, sendAtOnce } from './live-room.ts'
import { createPerson, type Person, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const allStalled = 100
const stalledCount = scale(allStalled, 2)
const readerCount = 9 * stalledCount
/** More than all the buffers between two processes of one machine hold. */
const textsOf40Kb = 400
const text = '\u{1f4a7}'.repeat(10_000)
const roundTexts = 10
const cutOff = 1006
const quietRounds = 5
/** What those who stall may cost the others. */
const sharePerRound = 1.2

/** The time within which 99 of 100 had what was told. */
function p99Of(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN
}

test('readers that stall are sent away and come back whole; the others miss nothing, and memory does not grow with it', async (t) => {
  const chat = await startChat(t, 'postgres')
  const people = await Promise.all(range(1, (stalledCount + readerCount) / 10).map(() => createPerson(chat)))
  const room = await createRoom(chat, people)
  const open = async (person: Person) => {
    const socket = await TestSocket.open(t, chat, person)
    await socket.subscribe({ [room]: null })
    return socket
  }
  const sockets: TestSocket[] = []
  for (const person of people) sockets.push(...(await Promise.all(range(1, 10).map(() => open(person)))))
  const stalled = sockets.slice(0, stalledCount)
  const readers = sockets.slice(stalledCount)
  let last = 0
  /** Tells everybody ten texts; answers how long it took until each of the readers had them. */
  const tell = async () => {
    const texts = range(1, roundTexts).map((i) => `${last + i} ${text}`)
    const startedAt = performance.now()
    last = await sendAtOnce(chat, people[0] as Person, { conversationId: room, texts })
    const times = readers.map(async (socket) => {
      await socket.reach(room, last, 60_000)
      return performance.now() - startedAt
    })
    const took = await Promise.all(times)
    for (const { frames } of readers) frames.splice(0, frames.length - 1)
    return took
  }
  const together: number[] = []
  for (let round = 0; round < quietRounds; round += 1) together.push(...(await tell()))

  for (const { ws } of stalled) ws.pause()
  const before = process.memoryUsage().arrayBuffers
  const beside: number[] = []
  let peak = 0
  const { audience } = chat.context
  for (let sent = 0; sent < textsOf40Kb && audience.size > readerCount; sent += roundTexts) {
    beside.push(...(await tell()))
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
  }
  assert.equal(audience.size, readerCount)
  t.diagnostic(`${stalledCount} stalled, ${readerCount} readers: at most ${(peak / 2 ** 20).toFixed(0)} MiB more`)
  const share = p99Of(beside) / p99Of(together)
  t.diagnostic(`p99 of the readers ${share.toFixed(2)} times what it is while all read`)
  assert.ok(peak < (200 + 2 * stalledCount) * 2 ** 20, `${peak} bytes`)
  // Few are soon told, so that whatever else the machine does weighs more.
  if (stalledCount === allStalled) assert.ok(share <= sharePerRound, `${share}`)

  for (const { ws } of stalled) ws.resume()
  // Who does not even read why it ends is cut off after some seconds.
  const endings = await Promise.all(stalled.map(({ closed }) => closed))
  assert.ok(
    endings.every((code) => code === closeCodes.tooSlow.code || code === cutOff),
    `${endings}`,
  )
  for (const [i, socket] of stalled.entries()) {
    const got = socket.seqs(room)
    assert.deepEqual(got, range(1, got.length))
    const again = await TestSocket.open(t, chat, people[Math.floor(i / 10)] as Person)
    const { subscribed } = await again.subscribe({ [room]: { log_epoch: 1, seq: got.length } }, 30_000)
    assert.equal(subscribed[room]?.recovered, true)
    assert.deepEqual(again.seqs(room), range(got.length + 1, last))
    again.end()
  }
})
