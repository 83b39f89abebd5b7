import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accounts } from '@secureconnect/protocol'
import { judgeLoad, priorityOf, sustained } from './load-shedding.ts'

test('a blocked or saturated event loop raises the level, and it takes either', () => {
  const cases: [number, number, number][] = [
    [20, 0.5, 0],
    [150, 0.95, 0],
    [151, 0.1, 1],
    [5, 0.96, 1],
    [501, 0.1, 2],
    [5, 0.995, 2],
  ]
  for (const [delayMs, utilization, level] of cases) assert.equal(judgeLoad(delayMs, utilization), level)
})

test('only load that lasts counts, at the level it never fell below', () => {
  assert.equal(sustained([2, 2]), 0)
  assert.equal(sustained([0, 2, 2]), 0)
  assert.equal(sustained([1, 2, 2]), 1)
  assert.equal(sustained([2, 2, 2]), 2)
})

test('refreshing and the public keys go through whatever happens, reads go first', () => {
  assert.equal(priorityOf(accounts.refresh), 'critical')
  assert.equal(priorityOf(accounts.keys), 'critical')
  assert.equal(priorityOf(accounts.login), 'interactive')
  assert.equal(priorityOf(accounts.getMe), 'read')
})
