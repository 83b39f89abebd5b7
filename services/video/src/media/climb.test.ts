import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '@secureconnect/test/helpers'
import { Climb } from './climb.ts'

const minuteMs = 60_000
const everyMs = 100
const wanted = 2

/** A picture whose receiver's line carries `carried(now)` layers, with what mediasoup makes of that: it falls and rises at once. */
function watch(carried: (nowMs: number) => number, { forMs }: { forMs: number }) {
  const climb = new Climb()
  const changes: { at: number; to: number }[] = []
  let layer = wanted
  climb.note(layer, { wanted, nowMs: 0 })
  for (let nowMs = everyMs; nowMs < forMs; nowMs += everyMs) {
    const next = Math.min(carried(nowMs), wanted, climb.ceiling(nowMs))
    if (next === layer) continue
    layer = next
    climb.note(layer, { wanted, nowMs })
    changes.push({ at: nowMs, to: layer })
  }
  return changes
}

const square = (periodMs: number, low: number) => (nowMs: number) => (nowMs % periodMs < periodMs / 2 ? wanted : low)

function mostWithinAMinute(changes: readonly { at: number }[]): number {
  return Math.max(0, ...changes.map(({ at }) => changes.filter((one) => one.at >= at && one.at < at + minuteMs).length))
}

test('after a fall a picture stays small for five seconds, and twice as long after each that follows, up to forty', () => {
  const changes = watch((nowMs) => (nowMs % 1_000 < 500 ? 2 : 0), { forMs: 10 * minuteMs })
  const waited = changes.flatMap(({ at, to }, index) => (to === 2 ? at - (changes[index - 1]?.at ?? 0) : []))
  assert.ok(
    waited.slice(0, 2).every((ms, index) => ms >= 5_000 * 2 ** index && ms < 7_000 * 2 ** index),
    waited.join(),
  )
  assert.ok(
    waited.slice(3).every((ms) => ms >= 40_000 && ms < minuteMs),
    waited.join(),
  )
})

test('a square wave of bandwidth causes at most six changes a minute, whatever its period', () => {
  for (const low of [0, 1])
    for (const periodMs of [200, 1_000, 4_000, 9_000, 11_000, 20_000, 30_000, 45_000, 90_000, 200_000]) {
      const changes = watch(square(periodMs, low), { forMs: 15 * minuteMs })
      assert.ok(changes.length >= 2, `${periodMs}`)
      assert.ok(mostWithinAMinute(changes) <= 6, `${mostWithinAMinute(changes)} at a period of ${periodMs} ms`)
    }
})

test('so does no line, if it falls layer by layer', () => {
  const random = createRandom(3)
  for (let round = 0; round < 20; round += 1) {
    let carried = 2
    const wander = () => {
      if (random.upTo(10) === 0) carried = Math.min(2, Math.max(0, carried + random.pick([-1, 1])))
      return carried
    }
    assert.ok(mostWithinAMinute(watch(wander, { forMs: 15 * minuteMs })) <= 6)
  }
})

test('who had a calm minute waits no longer than at first', () => {
  const falls = [1_000, 7_000, 120_000]
  const changes = watch((nowMs) => (falls.some((at) => nowMs >= at && nowMs < at + 500) ? 0 : 2), {
    forMs: 3 * minuteMs,
  })
  const waited = changes.flatMap(({ at, to }, index) => (to === 2 ? at - (changes[index - 1]?.at ?? 0) : []))
  assert.deepEqual(waited, [5_000, 10_000, 5_000])
})

test('the smallest picture comes again as soon as it can, and larger ones wait', () => {
  const [first, second, third] = watch((nowMs) => (nowMs >= 1_000 && nowMs < 2_000 ? -1 : 2), { forMs: 10_000 })
  assert.deepEqual(
    [first, second, third],
    [
      { at: 1_000, to: -1 },
      { at: 2_000, to: 0 },
      { at: 6_000, to: 2 },
    ],
  )
})

test('what somebody asks for himself is no fall, nor is what its publisher pauses', () => {
  const climb = new Climb()
  const steps = [
    [2, 2],
    [0, 0],
    [2, 2],
    [1, 1],
    [undefined, 1],
    [0, 2],
    [2, 2],
  ] as const
  for (const [layer, asked] of steps) climb.note(layer, { wanted: asked, nowMs: 0 })
  assert.equal(climb.ceiling(0), Number.POSITIVE_INFINITY)
})
