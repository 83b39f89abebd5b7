import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { scale } from '@secureconnect/test/helpers'
import { createRoom } from './create-room.ts'
import { range, sendAtOnce } from './live-room.ts'
import { createPerson, type Person, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const stalledCount = scale(20, 2)
const readerCount = 9 * stalledCount
/** More than all the buffers between two processes of one machine hold. */
const textsOf40Kb = 400
const text = '\u{1f4a7}'.repeat(10_000)
const roundTexts = 10
const cutOff = 1006
const quietRounds = 10

test('readers that stall are sent away and come back whole; the others miss nothing, and memory does not grow with it', async (t) => {
  const chat = await startChat(t, 'postgres')
  const people = await Promise.all(range(0, (stalledCount + readerCount) / 10).map(() => createPerson(chat)))
  const room = await createRoom(chat, people)
  const open = async (_: unknown, i: number) => {
    const socket = await TestSocket.open(t, chat, people[Math.floor(i / 10)] as Person)
    await socket.subscribe({ [room]: null })
    return socket
  }
  const sockets = await Promise.all(Array.from({ length: stalledCount + readerCount }, open))
  const stalled = sockets.slice(0, stalledCount)
  const readers = sockets.slice(stalledCount)
  let last = 0
  /** Tells everybody ten texts; answers how long it took until the readers had them. */
  const tell = async () => {
    const texts = range(1, roundTexts).map((i) => `${last + i} ${text}`)
    const startedAt = performance.now()
    last = await sendAtOnce(chat, people[0] as Person, { conversationId: room, texts })
    await Promise.all(readers.map((socket) => socket.reach(room, last, 20_000)))
    for (const { frames } of readers) frames.splice(0, frames.length - 1)
    return performance.now() - startedAt
  }
  const together: number[] = []
  for (let round = 0; round < quietRounds; round += 1) together.push(await tell())

  for (const { ws } of stalled) ws.pause()
  const before = process.memoryUsage().arrayBuffers
  const beside: number[] = []
  let peak = 0
  for (let sent = 0; sent < textsOf40Kb; sent += roundTexts) {
    beside.push(await tell())
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
  }
  t.diagnostic(`${stalledCount} stalled, ${readerCount} readers: at most ${(peak / 2 ** 20).toFixed(0)} MiB more`)
  const [slowest, slowestBeside] = [Math.max(...together), Math.max(...beside)].map(Math.round)
  t.diagnostic(`the slowest round took ${slowest} ms while all read, and ${slowestBeside} ms beside those who stalled`)
  assert.ok(peak < (200 + 2 * stalledCount) * 2 ** 20, `${peak} bytes`)

  for (const { ws } of stalled) ws.resume()
  // Who does not even read why it ends is cut off after some seconds.
  const endings = await Promise.all(stalled.map(({ closed }) => closed))
  assert.ok(
    endings.every((code) => code === closeCodes.tooSlow.code || code === cutOff),
    `${endings}`,
  )
  const [first] = stalled
  assert.ok(first)
  const got = first.seqs(room)
  assert.deepEqual(got, range(1, got.length))
  const again = await TestSocket.open(t, chat, people[0] as Person)
  const { subscribed } = await again.subscribe({ [room]: { log_epoch: 1, seq: got.length } }, 30_000)
  assert.equal(subscribed[room]?.recovered, true)
  assert.deepEqual(again.seqs(room), range(got.length + 1, last))
})
