import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRotation } from './rotation.ts'

test('new keys are due after 500 messages of one epoch or a week, and not before', () => {
  let time = 0
  const rotation = createRotation(() => time)
  for (let sent = 0; sent < 499; sent += 1) rotation.note('harbour', 1)
  assert.equal(rotation.isDue('harbour'), false)
  rotation.note('harbour', 1)
  assert.equal(rotation.isDue('harbour'), true)
  rotation.note('harbour', 2)
  assert.equal(rotation.isDue('harbour'), false)
  time = 7 * 86_400_000
  assert.equal(rotation.isDue('harbour'), true)
  assert.equal(rotation.isDue('another'), false)
})
