import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoRoomNow, planNext } from './plan-next.ts'

const hourMs = 3_600_000

test('a composite outlasts a store that is away for hours, and is tried ever more rarely', () => {
  const waits: number[] = []
  for (let next = planNext({ attempts: 1 }, new Error('away')); next; ) {
    waits.push(next.waitMs)
    next = planNext({ attempts: next.attempts + 1 }, new Error('away'))
  }
  assert.deepEqual([waits[0], waits.at(-1)], [10_000, hourMs])
  const lastingMs = waits.reduce((sum, ms) => sum + ms, 0)
  assert.ok(lastingMs > 4 * hourMs && lastingMs < 12 * hourMs, `${lastingMs} ms`)
})

test('waiting for room costs no attempt', () => {
  assert.deepEqual(planNext({ attempts: 13 }, new NoRoomNow('full')), { waitMs: 300_000, attempts: 12 })
})
