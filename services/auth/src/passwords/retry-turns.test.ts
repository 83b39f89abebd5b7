import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRetryTurns } from './retry-turns.ts'

const places = 3

test('of those who are refused together as many come back after a second, and after two, as find a place then', () => {
  const nextTurn = createRetryTurns(places)
  const turns = Array.from({ length: 2 * places }, (_, index) => nextTurn(index))
  assert.deepEqual(turns, [1_000, 1_000, 1_000, 2_000, 2_000, 2_000])
})

test('whoever is refused later does not come when others were told to', () => {
  const nextTurn = createRetryTurns(places)
  for (let count = 0; count < 2 * places; count++) nextTurn(0)
  const later = nextTurn(950)
  assert.ok(later >= 1_000 && later <= 2_000 && !Number.isInteger(later), 'there is no turn left for him')
  assert.equal(nextTurn(1_000), 2_000)
  assert.equal(nextTurn(4_000), 1_000, 'their turns are over')
})

test('however many are refused, nobody is told to wait for longer than two seconds', () => {
  const nextTurn = createRetryTurns(places)
  const turns = Array.from({ length: 500 }, () => nextTurn(0))
  assert.ok(turns.every((ms) => ms >= 1_000 && ms <= 2_000))
})
