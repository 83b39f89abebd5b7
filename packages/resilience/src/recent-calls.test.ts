import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentCalls } from './recent-calls.ts'

test('what is older than the window is counted no more, a tenth of it at a time, also after a long silence', (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  const recent = new RecentCalls(10_000)
  recent.add({ hasFailed: true })
  t.mock.timers.tick(5_000)
  recent.add({ hasFailed: false })
  recent.add({ hasFailed: true })
  assert.deepEqual(recent.count(), { calls: 3, failures: 2 })
  t.mock.timers.tick(5_000)
  assert.deepEqual(recent.count(), { calls: 2, failures: 1 })
  t.mock.timers.tick(60_000)
  assert.deepEqual(recent.count(), { calls: 0, failures: 0 })
})

test('a clock that is set back loses no calls', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
  const recent = new RecentCalls(10_000)
  recent.add({ hasFailed: true })
  t.mock.timers.setTime(900_000)
  recent.add({ hasFailed: true })
  assert.deepEqual(recent.count(), { calls: 2, failures: 2 })
})
