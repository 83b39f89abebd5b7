import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { planNextStep } from './after-close.ts'

const mostMs = 30_000
const atOnce = { wasGreeted: true, readyForMs: 0 }
const stayAway = ['stay away', 'do not repeat', 'do not reconnect']

test('for each close code it does what the contract tells clients to do', () => {
  for (const [reason, { code, client }] of Object.entries(closeCodes)) {
    const next = planNextStep({ ...atOnce, code }, { failures: 0, mostMs })
    if (stayAway.includes(client)) assert.deepEqual(next, { kind: 'stop', reason })
    else assert.equal(next.kind, 'retry', reason)
    assert.equal(next.kind === 'retry' && next.renewToken, reason === 'unauthenticated', reason)
  }
})

test('a line that breaks is mended, soon at first and after more failures later, never all clients at once', () => {
  const waits = (failures: number) =>
    Array.from({ length: 500 }, () => {
      const next = planNextStep({ ...atOnce, code: 1006 }, { failures, mostMs })
      return next.kind === 'retry' ? next.waitMs : Number.NaN
    })
  for (const [failures, mostMs] of [
    [0, 500],
    [3, 4_000],
    [50, 30_000],
  ] as const) {
    const found = waits(failures)
    assert.ok(Math.max(...found) <= mostMs)
    assert.ok(Math.min(...found) < mostMs * 0.1 && Math.max(...found) > mostMs * 0.9, 'spread over all of it')
  }
})

test('a connection that held for long was no failure, one that broke at once is one more', () => {
  const next = (readyForMs: number) =>
    planNextStep({ code: 1012, wasGreeted: true, readyForMs }, { failures: 7, mostMs })
  assert.deepEqual({ ...next(60_000), waitMs: 0 }, { kind: 'retry', failures: 1, waitMs: 0, renewToken: false })
  assert.deepEqual({ ...next(1_000), waitMs: 0 }, { kind: 'retry', failures: 8, waitMs: 0, renewToken: false })
})

test('who broke a rule waits for some seconds', () => {
  const next = planNextStep({ ...atOnce, code: closeCodes.policy.code }, { failures: 0, mostMs })
  assert.ok(next.kind === 'retry' && next.waitMs >= 5_000)
})
