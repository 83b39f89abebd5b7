import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { Strict, Uuid } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { createCheck } from './validation.ts'

function faultsOf(schema: Parameters<typeof createCheck>[0], value: unknown): unknown {
  try {
    createCheck(schema)(value)
  } catch (error) {
    return error instanceof AppError ? error.details : error
  }
  return []
}

test('a text that does not fit is told what is wanted in words, wherever it stands', () => {
  const message = 'must be: A UUID in lower case'
  assert.deepEqual(faultsOf(Strict({ id: Uuid }), { id: 'ADA' }), [{ field: 'id', message }])
  assert.deepEqual(faultsOf(Strict({ ids: Type.Array(Uuid) }), { ids: ['ADA'] }), [{ field: 'ids.0', message }])
  const plain = Strict({ word: Type.String({ pattern: '^[a-z]+/[0-9]+$' }) })
  assert.match(JSON.stringify(faultsOf(plain, { word: '' })), /must match pattern/)
})
