import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findEnds } from './find-ends.ts'

const logs = [
  { conversation_id: 'a', last_seq: 3 },
  { conversation_id: 'b', last_seq: 9 },
  { conversation_id: 'c', last_seq: 5 },
]

test('logs whose events all came were read to their ends, those too that held nothing of interest', () => {
  const ends = findEnds(logs, [{ conversation_id: 'b', seq: 7 }], 2)
  assert.deepEqual(ends, [
    { conversation_id: 'a', seq: 3 },
    { conversation_id: 'b', seq: 9 },
    { conversation_id: 'c', seq: 5 },
  ])
})

test('where more events may follow, the last log was read as far as they came, and those behind it not at all', () => {
  const ends = findEnds(
    logs,
    [
      { conversation_id: 'a', seq: 2 },
      { conversation_id: 'b', seq: 7 },
    ],
    2,
  )
  assert.deepEqual(ends, [
    { conversation_id: 'a', seq: 3 },
    { conversation_id: 'b', seq: 7 },
  ])
})
