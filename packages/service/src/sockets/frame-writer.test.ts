import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { createMetrics } from '@secureconnect/metrics'
import { limits } from '@secureconnect/protocol'
import { FrameWriter } from './frame-writer.ts'
import { toWireFrame } from './wire-frame.ts'
import { WriteRounds } from './write-rounds.ts'

const metrics = createMetrics({ service: 'chat-service', version: '0', revision: 'test' })

/** A network that takes what is written only while it is told to. */
class Network extends Duplex {
  readonly writes: Buffer[] = []
  #held: ((error?: Error) => void) | undefined
  isStalled = false

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk)
    if (this.isStalled) this.#held = done
    else done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#held?.(new Error('The network is gone'))
    done(error)
  }

  /** Takes everything again. */
  goOn(): void {
    this.isStalled = false
    this.#held?.()
  }

  get text(): string {
    return Buffer.concat(this.writes).toString('latin1')
  }
}

function createWriter() {
  const [stream, rounds] = [new Network(), new WriteRounds(metrics)]
  const slow = { count: 0 }
  const writer = new FrameWriter({ stream, rounds, onTooSlow: () => (slow.count += 1) })
  const round = () => new Promise<void>((done) => rounds.afterwards(done))
  return { stream, rounds, writer, slow, round }
}

const note = (text: string) => toWireFrame({ type: 'note', text })
const hint = (text: string) => toWireFrame({ type: 'hint', text }, { isDroppable: true })

test('what comes together goes out as one write, in order', async () => {
  const { stream, writer, round } = createWriter()
  for (const text of ['a', 'b', 'c']) writer.push(note(text))
  assert.equal(stream.writes.length, 0)
  await round()
  assert.equal(stream.writes.length, 1)
  assert.match(stream.text, /"a".*"b".*"c"/)
})

test('after a pause a frame goes at once, and never waits longer than five milliseconds', async () => {
  const { writer, round } = createWriter()
  const waits: number[] = []
  for (let i = 0; i < 20; i += 1) {
    const from = performance.now()
    writer.push(note('x'))
    await round()
    waits.push(performance.now() - from)
  }
  waits.sort((a, b) => a - b)
  // A busy machine makes most of them late, and none early.
  assert.ok((waits[4] ?? 99) < 7, `waited ${waits}`)
})

test('sockets that get the same frames share the bytes of their write', async () => {
  const first = createWriter()
  const stream = new Network()
  const second = new FrameWriter({ stream, rounds: first.rounds, onTooSlow: () => undefined })
  for (const frame of [note('a'), note('b')]) {
    first.writer.push(frame)
    second.push(frame)
  }
  await first.round()
  assert.equal(first.stream.writes[0]?.buffer, stream.writes[0]?.buffer)
})

test('a reader that stalls holds up to 1,000 frames and gets them all when it goes on', async () => {
  const { stream, writer, slow, round } = createWriter()
  stream.isStalled = true
  writer.push(note('x'.repeat(70_000)))
  await round()
  for (let i = 0; i < limits.waitingFrames; i += 1) writer.push(note(`n${i};`))
  assert.equal(slow.count, 0)
  stream.goOn()
  await round()
  await round()
  const numbers = [...stream.text.matchAll(/n(\d+);/g)].map(([, number]) => Number(number))
  assert.deepEqual(numbers, [...Array(limits.waitingFrames).keys()])
})

for (const [what, fill] of [
  ['1,000 frames', () => Array.from({ length: limits.waitingFrames + 1 }, () => note('x'))],
  ['1 MiB', () => Array.from({ length: 21 }, () => note('x'.repeat(50_000)))],
] as const) {
  test(`a reader behind by more than ${what} is given up, once`, async () => {
    const { stream, writer, slow, round } = createWriter()
    stream.isStalled = true
    writer.push(note('x'.repeat(70_000)))
    await round()
    const written = stream.writes.length
    for (const frame of [...fill(), ...fill()]) writer.push(frame)
    assert.equal(slow.count, 1)
    stream.goOn()
    await round()
    assert.equal(stream.writes.length, written)
  })
}

test('a reader that is behind first loses what it can do without', async () => {
  const { stream, writer, slow, round } = createWriter()
  stream.isStalled = true
  writer.push(note('x'.repeat(70_000)))
  await round()
  for (let i = 0; i < limits.waitingFrames; i += 1) writer.push(i % 2 === 0 ? note(`n${i}`) : hint(`h${i}`))
  for (let i = 0; i < 100; i += 1) writer.push(note('late'))
  assert.equal(slow.count, 0)
  stream.goOn()
  await round()
  await round()
  assert.equal(stream.text.match(/"hint"/g), null)
  assert.equal(stream.text.match(/"note"/g)?.length, 1 + limits.waitingFrames / 2 + 100)
})

test('a burst to a reader that keeps up is never too much', async () => {
  const { stream, writer, slow, round } = createWriter()
  for (let i = 0; i < 5_000; i += 1) writer.push(note('x'))
  await round()
  assert.equal(slow.count, 0)
  assert.equal(stream.text.match(/"note"/g)?.length, 5_000)
})

test('a paced reading goes on as fast as it is read, and is not counted', async () => {
  const { stream, writer, slow, round } = createWriter()
  stream.isStalled = true
  const reading = writer.writePaced(Array.from({ length: 40 }, (_, i) => note(`${i}`.padEnd(60_000, 'x'))))
  await new Promise(setImmediate)
  assert.ok(stream.writableLength < 70_000, `${stream.writableLength} bytes are on their way`)
  for (let i = 0; i < 500; i += 1) writer.push(note('live'))
  assert.equal(slow.count, 0)
  stream.goOn()
  await reading
  await round()
  assert.equal(stream.text.match(/"note"/g)?.length, 540)
})

test('a paced reading ends with its socket', async () => {
  const { stream, writer } = createWriter()
  stream.isStalled = true
  stream.on('error', () => undefined)
  const reading = writer.writePaced(Array.from({ length: 5 }, () => note('x'.repeat(60_000))))
  stream.destroy()
  await once(stream, 'close')
  await reading
  await writer.writePaced([note('x')])
  assert.equal(stream.writes.length, 1)
})

test('frames of every length have the header their length asks for', () => {
  for (const [length, header] of [
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ] as const) {
    const empty = Buffer.byteLength(JSON.stringify({ type: 'note', text: '' }))
    const { bytes } = note('x'.repeat(length - empty))
    assert.equal(bytes.length, length + header)
    assert.equal(bytes[0], 0x81)
  }
})
