import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLayer } from './choose-layer.ts'

const hd = { width: 1_280, height: 720 }

test('a picture comes as large as it is shown, or a little smaller', () => {
  const choose = (width: number, height: number) => chooseLayer({ width, height }, { picture: hd, layers: 3 })
  assert.deepEqual([choose(1_920, 1_080), choose(1_280, 720), choose(810, 456)], [2, 2, 2])
  assert.deepEqual([choose(800, 450), choose(640, 360), choose(410, 231)], [1, 1, 1])
  assert.deepEqual([choose(400, 225), choose(320, 180), choose(1, 1)], [0, 0, 0])
})

test('of a smaller picture more layers are needed, and however it is turned', () => {
  const small = { width: 640, height: 360 }
  assert.equal(chooseLayer({ width: 320, height: 180 }, { picture: small, layers: 3 }), 1)
  assert.equal(chooseLayer({ width: 180, height: 320 }, { picture: small, layers: 3 }), 1)
})

test('of one that nobody described as much comes as of one of 1,280 by 720; one without layers comes as it is', () => {
  assert.equal(chooseLayer({ width: 640, height: 360 }, { layers: 3 }), 1)
  assert.equal(chooseLayer({ width: 1, height: 1 }, { picture: hd, layers: 1 }), 0)
})
