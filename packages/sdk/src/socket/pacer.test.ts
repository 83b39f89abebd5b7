import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPacer } from './pacer.ts'

test('a burst goes at once, the rest at a steady rate a little below what the server takes', () => {
  const pacer = createPacer({ perSecond: 10, burst: 10 }, () => 0)
  const waits = Array.from({ length: 12 }, () => Math.round(pacer.book()))
  assert.deepEqual(waits, [0, 0, 0, 0, 0, 0, 0, 0, 0, 111, 222, 333])
})

test('looking takes no turn, and time gives turns back', () => {
  let now = 0
  const pacer = createPacer({ perSecond: 10, burst: 2 }, () => now)
  pacer.book()
  assert.equal(Math.round(pacer.waitMs()), 111)
  now = 200
  assert.equal(pacer.waitMs(), 0)
  assert.equal(pacer.book(), 0)
})
