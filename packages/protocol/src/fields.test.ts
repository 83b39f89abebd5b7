import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { chatRequests } from './chat-frames.ts'
import { DisplayName, Email, Nullable, Strict, Timestamp, Username, Uuid } from './fields.ts'
import { isRequestId } from './headers.ts'
import { Metadata } from './operations/messages.ts'

type Sample = { schema: TSchema; good: readonly unknown[]; bad: readonly unknown[] }

const room = '0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const subscription = (positions: object) => ({ type: 'subscribe', id: '1', positions })

const samples: Readonly<Record<string, Sample>> = {
  metadata: {
    schema: Metadata,
    good: [{}, { a: 1, b: 'text', c: true }, { 'two\nlines': 'x' }, { ['k'.repeat(100)]: '' }],
    bad: [{ a: null }, { a: {} }, { 'two\nlines': { deep: [] } }, { '': 1 }, { ['k'.repeat(101)]: 1 }],
  },
  'where a client stands in its conversations': {
    schema: chatRequests.subscribe.frame,
    good: [{}, { [room]: null }, { [room]: { log_epoch: 1, seq: 0 } }].map(subscription),
    bad: [{ everything: null }, { [room]: 1 }, { [room]: { log_epoch: 1, seq: -1 } }].map(subscription),
  },
  'a UUID': {
    schema: Uuid,
    good: ['0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'],
    bad: ['0198A1B2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', '0198a1b2c3d47e5f8a9b0c1d2e3f4a5b', '', 7, null],
  },
  'a time': {
    schema: Timestamp,
    good: [new Date().toISOString()],
    bad: ['2026-11-21T07:08:09Z', '2026-11-21T07:08:09.123+01:00', '2026-11-21 07:08:09.123Z', 1_763_708_889],
  },
  'an e-mail address': {
    schema: Email,
    good: ['a@b.co', 'alice+tag@mail.example.org', 'ålice@exämple.org'],
    bad: [
      'alice',
      'alice@localhost',
      'a@b@c.org',
      'alice@example..org',
      'alice@.org',
      'a@b.org,c@d.org',
      'Alice <alice@example.org>',
      'alice@example.org\nBcc: x@y.org',
      'a b@example.org',
      `${'a'.repeat(250)}@b.co`,
    ],
  },
  'a username': {
    schema: Username,
    good: ['bob', 'A.b_c-9', 'x'.repeat(30)],
    bad: ['ab', 'x'.repeat(31), 'bob@home', 'bób', 'b b', ''],
  },
  'a display name': {
    schema: DisplayName,
    good: ['A', 'Åsa Öberg', ' 李 ', '👩‍👩‍👧'],
    bad: ['', '   ', 'a\nb', 'a\u0000', 'a\u007f', 'x'.repeat(101)],
  },
  'a nullable text': { schema: Nullable(Type.String()), good: ['', null], bad: [undefined, 7] },
  'a strict object': {
    schema: Strict({ a: Type.Integer(), b: Type.Optional(Type.Boolean()) }),
    good: [{ a: 1 }, { a: 1, b: true }],
    bad: [{}, { a: '1' }, { a: 1.5 }, { a: 1, b: null }, { a: 1, c: 2 }, [], null],
  },
}

for (const [name, { schema, good, bad }] of Object.entries(samples)) {
  test(`${name} is taken as it should be and refused otherwise`, () => {
    const compiled = Compile(schema)
    for (const value of good) assert.ok(compiled.Check(value), `${JSON.stringify(value)} should be taken`)
    for (const value of bad) assert.ok(!compiled.Check(value), `${JSON.stringify(value)} should be refused`)
  })
}

test('a request id from outside is kept only when it can stand in a log line as it is', () => {
  for (const id of ['0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', 'abcd_1234', 'x'.repeat(64)]) assert.ok(isRequestId(id), id)
  for (const id of ['short', 'x'.repeat(65), 'has space', 'a\nb-------', '', undefined, ['abcd1234', 'x']]) {
    assert.ok(!isRequestId(id), String(id))
  }
})
