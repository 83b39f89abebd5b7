import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveKey } from './derive-key.ts'

test('each purpose and each secret has a key of its own, the same every time', () => {
  const key = deriveKey('one secret', 'audit session')
  assert.equal(key.length, 32)
  assert.deepEqual(deriveKey('one secret', 'audit session'), key)
  assert.notDeepEqual(deriveKey('one secret', 'device cookie'), key)
  assert.notDeepEqual(deriveKey('another secret', 'audit session'), key)
})
