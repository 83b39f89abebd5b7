import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Counted, compareForwarded, compareReceived, countStreams } from './stream-window.ts'

const none: Counted = { packets: 0, lost: 0, repaired: 0, jitterMs: 0, roundTripMs: 0 }
const counted = (packets: number, lost = 0, repaired = 0): Counted => ({ ...none, packets, lost, repaired })
const stat = (fields: object) => ({
  kind: 'video',
  jitter: 0,
  packetCount: 0,
  packetsLost: 0,
  packetsRepaired: 0,
  ...fields,
})
const forwarded = (source: Counted, sent: Counted, { sourceSsrc = 1, unmissed = 0 } = {}) => {
  return { source, sent, sourceSsrc, unmissed }
}

test('layers are counted together, and jitter in milliseconds by the clock of their kind', () => {
  const layers = [
    stat({ packetCount: 10, packetsLost: 1, jitter: 900 }),
    stat({ packetCount: 20, packetsLost: 2, jitter: 90, roundTripTime: 30 }),
  ]
  const count = countStreams(layers as never)
  assert.deepEqual(count, { packets: 30, lost: 3, repaired: 0, jitterMs: 10, roundTripMs: 30 })
  assert.equal(countStreams([stat({ kind: 'audio', jitter: 480 })] as never).jitterMs, 10)
})

test('loss is what was lost in the window and did not come when it was sent again', () => {
  assert.equal(compareReceived(counted(100, 50), counted(190, 60)).lossRatio, 0.1)
  assert.equal(compareReceived(counted(100, 50), counted(190, 60, 10)).lossRatio, 0)
  assert.equal(compareReceived(counted(100, 50), counted(100, 50)).lossRatio, 0)
})

test('what was lost on its way to us is nothing that a receiver’s line did', () => {
  const before = forwarded(counted(100), counted(100))
  const after = (lostThere: number) => forwarded(counted(190, 10), counted(200, lostThere))
  assert.equal(compareForwarded(before, after(10))?.lossRatio, 0)
  assert.equal(compareForwarded(before, after(30))?.lossRatio, 0.2)
})

test('a receiver may miss in the next window what was lost on its way to us in this one, but no later', () => {
  const before = forwarded(counted(100), counted(100))
  const first = forwarded(counted(190, 10), counted(200))
  const unmissed = compareForwarded(before, first)?.unmissed
  assert.equal(unmissed, 10)
  const second = forwarded(counted(290, 10), counted(300, 10))
  assert.equal(compareForwarded({ ...first, unmissed }, second)?.lossRatio, 0)
  assert.equal(compareForwarded({ ...first, unmissed }, forwarded(counted(290, 10), counted(300)))?.unmissed, 0)
})

test('a line over which nothing goes of what comes has lost all of it, and one that has nothing to carry says nothing', () => {
  const before = forwarded(counted(100), counted(100))
  assert.equal(compareForwarded(before, forwarded(counted(200), counted(100)))?.lossRatio, 1)
  assert.equal(compareForwarded(before, forwarded(counted(100), counted(100))), undefined)
})

test('another layer is not compared with the one before', () => {
  const before = forwarded(counted(1_000, 0), counted(100))
  const after = forwarded(counted(5, 400), counted(200, 20), { sourceSsrc: 2 })
  assert.equal(compareForwarded(before, after)?.lossRatio, 0.2)
})
