import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { Nullable, Strict, Uuid } from '@secureconnect/protocol'
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

test('each fault is told once, also within what could have been null', () => {
  const hours = Strict({
    from: Type.String({ pattern: '^[0-9]{2}:[0-9]{2}$', description: 'HH:MM' }),
    zone: Type.String(),
  })
  const schema = Strict({ hours: Type.Optional(Nullable(hours)) })
  assert.deepEqual(faultsOf(schema, { hours: { from: '7', zone: 'UTC' } }), [
    { field: 'hours.from', message: 'must be: HH:MM' },
  ])
  assert.deepEqual(faultsOf(schema, { hours: {} }), [
    { field: 'hours.from', message: 'is missing' },
    { field: 'hours.zone', message: 'is missing' },
  ])
  assert.deepEqual(faultsOf(schema, { hours: { from: '07:00', zone: 'UTC', until: '08:00' } }), [
    { field: 'hours.until', message: 'is not known here' },
  ])
  assert.deepEqual(faultsOf(schema, { hours: 7 }), [{ field: 'hours', message: 'must be object' }])
  assert.deepEqual(faultsOf(schema, { hours: null }), [])
})
