import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlacedFrame } from './placed-frame.ts'
import { FrameBudget, RecentFrames } from './recent-frames.ts'

const mebibyte = Buffer.alloc(2 ** 20)

function frame(seq: number, bytes: Buffer = Buffer.alloc(100)): PlacedFrame {
  return { seq, wire: { type: 'event', bytes, isDroppable: false }, expiresAt: null }
}

const seqsOf = (frames: readonly PlacedFrame[] | undefined) => frames?.map(({ seq }) => seq)

test('what was told last is found, and what came before it once it was read', () => {
  const recent = new RecentFrames(new FrameBudget())
  for (const seq of [11, 12, 13]) recent.add(frame(seq))
  assert.deepEqual(seqsOf(recent.find(10, 2)), [11, 12])
  assert.equal(recent.find(9, 5), undefined)
  recent.addEarlier(
    [8, 9, 10, 11].map((seq) => frame(seq)),
    { version: recent.version, lastSeq: 13 },
  )
  assert.deepEqual(seqsOf(recent.find(7, 10)), [8, 9, 10, 11, 12, 13])
  recent.addEarlier([frame(5)], { version: recent.version, lastSeq: 13 })
  assert.equal(recent.find(4, 5), undefined, 'there is a hole between 5 and 8')
})

test('what was read before a text vanished is not kept', () => {
  const recent = new RecentFrames(new FrameBudget())
  const { version } = recent
  recent.clear()
  recent.addEarlier([frame(1)], { version, lastSeq: 1 })
  assert.equal(recent.find(0, 1), undefined)
})

test('all conversations together hold no more than 32 MiB; the one used longest ago gives way', () => {
  const budget = new FrameBudget()
  const [first, second, third] = [new RecentFrames(budget), new RecentFrames(budget), new RecentFrames(budget)]
  for (let seq = 1; seq <= 12; seq += 1) for (const recent of [first, second]) recent.add(frame(seq, mebibyte))
  first.add(frame(13))
  for (let seq = 1; seq <= 9; seq += 1) third.add(frame(seq, mebibyte))
  assert.ok(second.isEmpty)
  assert.equal(first.find(0, 20)?.length, 13)
  assert.equal(third.find(0, 20)?.length, 9)
})

test('one conversation holds a thousand frames at most', () => {
  const recent = new RecentFrames(new FrameBudget())
  for (let seq = 1; seq <= 1_001; seq += 1) recent.add(frame(seq))
  assert.equal(recent.find(0, 1), undefined)
  assert.deepEqual(seqsOf(recent.find(1, 1)), [2])
})
