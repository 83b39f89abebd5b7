import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TSchema, Type } from 'typebox'
import { fromText } from './from-text.ts'

const schema = Type.Object({
  limit: Type.Optional(Type.Integer()),
  ratio: Type.Optional(Type.Number()),
  is_open: Type.Optional(Type.Boolean()),
  ids: Type.Optional(Type.Array(Type.Integer())),
  q: Type.Optional(Type.String()),
})

test('numbers, flags and lists are read in their plain form', () => {
  const query = { limit: '20', ratio: '-0.5', is_open: 'false', ids: ['1', '2'], q: '7' }
  assert.deepEqual(fromText(schema, query), { limit: 20, ratio: -0.5, is_open: false, ids: [1, 2], q: '7' })
  assert.deepEqual(fromText(schema, { ids: '3' }), { ids: [3] })
})

test('what has another form stays text, which the schema then refuses', () => {
  for (const limit of ['', ' 5 ', '0x10', '1e3', '01', '+1', '--1', 'true', '1.', 'NaN', '9'.repeat(16), ['1', '2']]) {
    assert.deepEqual(fromText(schema, { limit }), { limit })
  }
  for (const is_open of ['1', 'TRUE', 'yes', '']) assert.deepEqual(fromText(schema, { is_open }), { is_open })
})

test('fields that the schema does not name stay as they are, whatever they are called', () => {
  const query = JSON.parse('{"other":"1","toString":"1"}')
  assert.deepEqual(fromText(schema as TSchema, query), query)
})
