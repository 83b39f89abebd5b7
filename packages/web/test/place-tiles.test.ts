import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Box, type Place, placeAround, placeInGrid } from '../src/calls/place-tiles.ts'

const desk = { width: 1_208, height: 600 }
const phone = { width: 390, height: 708 }
const sizeOf = ({ width, height }: Box) => `${width} × ${height}`

function assertApart(places: readonly Place[], box: Box): void {
  for (const [index, one] of places.entries()) {
    assert.ok(one.left >= 0 && one.left + one.width <= box.width, `${index} is within the width`)
    for (const other of places.slice(index + 1)) {
      const isBeside = one.left + one.width <= other.left || other.left + other.width <= one.left
      const isAbove = one.top + one.height <= other.top || other.top + other.height <= one.top
      assert.ok(isBeside || isAbove, `${JSON.stringify(one)} covers ${JSON.stringify(other)}`)
    }
  }
}

test('two stand beside each other on a desk, and above each other on a phone', () => {
  assert.deepEqual(placeInGrid(desk, 2).map(sizeOf), ['600 × 600', '600 × 600'])
  assert.deepEqual(placeInGrid(phone, 2).map(sizeOf), ['390 × 350', '390 × 350'])
})

test('one is no wider than a picture may be, and stands in the middle', () => {
  assert.deepEqual(placeInGrid({ width: 2_000, height: 900 }, 1), [{ left: 200, top: 0, width: 1_600, height: 900 }])
})

test('however many there are, none covers another, and the last row stands in the middle', () => {
  for (const box of [desk, phone]) {
    for (const count of [1, 2, 3, 5, 7, 12, 40, 100]) {
      const places = placeInGrid(box, count)
      assert.equal(places.length, count)
      assertApart(places, box)
      assert.ok(places.every(({ width }) => width >= 100))
    }
  }
  const last = placeInGrid({ width: 800, height: 600 }, 3).at(-1)
  assert.equal((last?.left ?? 0) + (last?.width ?? 0) / 2, 400)
})

test('beside a large one there are as many as there is room for', () => {
  for (const box of [desk, phone]) {
    for (const count of [2, 3, 12]) {
      const places = placeAround(box, count)
      assertApart(places, box)
      const [large, ...others] = places
      assert.ok(others.length >= 1 && others.length < count)
      assert.ok(others.every(({ width, height }) => width * height * 3 < (large?.width ?? 0) * (large?.height ?? 0)))
      assert.ok(places.every(({ top, height }) => top >= 0 && top + height <= box.height))
    }
  }
})

test('where there is no room or nobody, nothing is placed', () => {
  assert.deepEqual(placeInGrid({ width: 0, height: 0 }, 3), [])
  assert.deepEqual(placeInGrid(desk, 0), [])
})
