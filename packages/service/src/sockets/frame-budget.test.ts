import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFrameBudget } from './frame-budget.ts'

test('a burst passes, then one request for each interval', () => {
  let now = 0
  const budget = createFrameBudget({ perSecond: 10, burst: 3 }, () => now)
  assert.deepEqual([budget.take(), budget.take(), budget.take(), budget.take()], [0, 0, 0, 100])
  now = 99
  assert.equal(budget.take(), 1)
  now = 100
  assert.equal(budget.take(), 0)
  assert.equal(budget.take(), 100)
})

test('a pause gives back the burst and no more', () => {
  let now = 0
  const budget = createFrameBudget({ perSecond: 10, burst: 2 }, () => now)
  budget.take()
  now = 3_600_000
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [0, 0, 100])
})

test('what was too much is counted, and forgotten after ten seconds of obedience', () => {
  let now = 0
  const budget = createFrameBudget({ perSecond: 1, burst: 1 }, () => now)
  assert.deepEqual([budget.noteExcess(), budget.noteExcess()], [1, 2])
  now = 10_000
  assert.equal(budget.noteExcess(), 3)
  now = 20_001
  assert.equal(budget.noteExcess(), 1)
})
