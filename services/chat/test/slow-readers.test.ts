import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { scale } from '@secureconnect/test/helpers'
import { createRoom } from './create-room.ts'
import { range, sendAtOnce } from './live-room.ts'
import { createPeople, type Person, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const allStalled = 100
const stalledCount = scale(allStalled, 2)
const readerCount = 9 * stalledCount
/** More than all buffers of this machine hold, and than are told until whoever was sent away is cut off. */
const mostTexts = 4_000
const text = '\u{1f4a7}'.repeat(10_000)
/** Few at a time: the readers share the service's process, and more would keep it from everything else for seconds. */
const roundTexts = 2
const cutOff = 1006
const quietRounds = 15
/** What those who stall may cost the others. */
const sharePerRound = 1.2

/** The time within which 99 of 100 had what was told. */
function p99Of(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN
}

/** A socket whose texts are counted and not looked at, or reading would cost more than what is tried. */
function createReader({ ws }: TestSocket) {
  let texts = 0
  ws.removeAllListeners('message')
  ws.on('message', (data: Buffer) => {
    if (data.length < text.length) return ws.send('{"type":"pong"}')
    texts += 1
    return ws.emit('text')
  })
  return {
    /** When so many more texts have come. */
    async read(count: number): Promise<number> {
      const wanted = texts + count
      while (texts < wanted) await once(ws, 'text')
      return performance.now()
    },
  }
}

test('readers that stall are sent away and come back whole; the others miss nothing, and memory does not grow with it', async (t) => {
  const chat = await startChat(t, 'postgres')
  const people = await createPeople(chat, (stalledCount + readerCount) / 10)
  const [first] = people as [Person]
  const room = await createRoom(chat, people)
  const personOf = (i: number) => people[Math.floor(i / 10)] as Person
  const open = async (i: number) => {
    const socket = await TestSocket.open(t, chat, personOf(i))
    await socket.subscribe({ [room]: null })
    return socket
  }
  const readers: ReturnType<typeof createReader>[] = []
  const lost: number[] = []
  for (const i of range(0, readerCount - 1)) {
    const socket = await open(i)
    void socket.closed.then((code) => lost.push(code))
    readers.push(createReader(socket))
  }
  let last = 0
  /** Tells everybody some texts; answers how long it took until each of the readers had them. */
  const tell = async () => {
    const texts = range(1, roundTexts).map((i) => `${last + i} ${text}`)
    const startedAt = performance.now()
    const reading = readers.map((reader) => reader.read(roundTexts))
    last = await sendAtOnce(chat, first, { conversationId: room, texts })
    return (await Promise.all(reading)).map((at) => at - startedAt)
  }
  const together: number[] = []
  for (let round = 0; round < quietRounds; round += 1) together.push(...(await tell()))

  const stalled: TestSocket[] = []
  for (const i of range(readerCount, readerCount + stalledCount - 1)) {
    const socket = await open(i)
    socket.ws.pause()
    stalled.push(socket)
  }
  const began = last
  const before = process.memoryUsage().arrayBuffers
  const beside: number[] = []
  let peak = 0
  const { audience } = chat.context
  for (let sent = 0; sent < mostTexts && audience.size > readerCount; sent += roundTexts) {
    beside.push(...(await tell()))
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
  }
  assert.deepEqual(lost, [])
  assert.equal(audience.size, readerCount)
  t.diagnostic(`${stalledCount} stalled, ${readerCount} readers: at most ${(peak / 2 ** 20).toFixed(0)} MiB more`)
  const share = p99Of(beside) / p99Of(together)
  t.diagnostic(`p99 of the readers ${share.toFixed(2)} times what it is without those who stall`)
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
    assert.deepEqual(got, range(began + 1, began + got.length))
    const again = await TestSocket.open(t, chat, personOf(readerCount + i))
    const { subscribed } = await again.subscribe({ [room]: { log_epoch: 1, seq: began + got.length } }, 60_000)
    assert.equal(subscribed[room]?.recovered, true)
    assert.deepEqual(again.seqs(room), range(began + got.length + 1, last))
    again.end()
  }
})
