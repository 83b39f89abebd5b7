import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { createCursor, rowsForPage, toPage } from './paging.ts'

const cursor = createCursor(Type.Object({ name: Type.String(), id: Type.Integer() }))

test('a cursor comes back as it was given, and the first page has none', () => {
  const place = { name: 'Ålice "the" first', id: 7 }
  assert.deepEqual(cursor.read(cursor.write(place)), place)
  assert.equal(cursor.read(undefined), undefined)
})

test('what is not a cursor of this list is refused', () => {
  const foreign = createCursor(Type.String()).write('seven')
  for (const text of ['', 'x', '{}', foreign, Buffer.from('{"name":1,"id":2}').toString('base64url')]) {
    assert.throws(() => cursor.read(text), { code: 'INVALID_CURSOR' }, text)
  }
})

test('a page says whether another follows, and where it begins', () => {
  const toCursor = (last: number) => `after ${last}`
  assert.equal(rowsForPage(2), 3)
  assert.deepEqual(toPage([1, 2, 3], 2, toCursor), { rows: [1, 2], has_more: true, next_cursor: 'after 2' })
  assert.deepEqual(toPage([1, 2], 2, toCursor), { rows: [1, 2], has_more: false, next_cursor: null })
  assert.deepEqual(toPage([], undefined, toCursor), { rows: [], has_more: false, next_cursor: null })
})
