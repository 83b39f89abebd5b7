import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExpiringMap } from './expiring-map.ts'

function createMap(maxEntries = 3) {
  const clock = { nowMs: 1_000 }
  return { clock, map: new ExpiringMap<string>({ now: () => clock.nowMs, maxEntries }) }
}

test('an entry is gone at its end, whether or not anyone sweeps', () => {
  const { clock, map } = createMap()
  map.set('a', 'one', 100)
  clock.nowMs += 99
  assert.equal(map.get('a'), 'one')
  clock.nowMs += 1
  assert.equal(map.get('a'), undefined)
})

test('a sweep frees what nobody asks for any more, and only that', () => {
  const { clock, map } = createMap()
  map.set('brief', 'one', 100)
  map.set('long', 'two', 10_000)
  clock.nowMs += 100
  map.sweep()
  assert.equal(map.size, 1)
  assert.equal(map.get('long'), 'two')
})

test('a full map gives up the entry that was written longest ago', () => {
  const { map } = createMap()
  for (const key of ['a', 'b', 'c', 'b']) map.set(key, key, 1_000)
  assert.equal(map.get('a'), 'a', 'writing what is there already takes no room')
  for (const key of ['d', 'e']) map.set(key, key, 1_000)
  assert.equal(map.size, 3)
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => map.get(key)),
    [undefined, 'b', undefined],
  )
})
