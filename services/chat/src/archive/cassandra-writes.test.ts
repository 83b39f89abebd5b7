import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { historyUnavailable } from '../errors.ts'
import type { StoredMessage } from '../log/log-event.ts'
import type { CassandraWrite } from './cassandra-connection.ts'
import { cassandraLimits } from './cassandra-limits.ts'
import { createWrites, writeRows } from './cassandra-writes.ts'

const { rowsPerWrite, charactersPerWrite, partitionsPerWrite } = cassandraLimits
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

function createMessage(conversationId: string, seq: number, content = 'text'): StoredMessage {
  return {
    ...{ conversationId, seq, content, messageId: newId(), senderId: newId(), number: seq, applied: 2 ** 40 + seq },
    facts: { message_type: 'text', is_encrypted: false, metadata: {} },
    versions: [],
    createdAt: new Date(),
    ...{ editedAt: null, deletedAt: null, deletionReason: null, expiresAt: null },
  }
}

function createWrite(count: number): CassandraWrite {
  const rows = upTo(count).map((number) => [number])
  return { operation: 'insert', table: 'messages', query: 'insert', rows }
}

test('what goes together is of one partition, not too many and not too much; places go ten at a time', () => {
  const [one, other] = [newId(), newId()]
  const small = upTo(rowsPerWrite + 1).map((seq) => createMessage(one, seq))
  const big = [2_000, 2_001, 2_002].map((seq) => createMessage(one, seq, 'x'.repeat(charactersPerWrite - 1_000)))
  const writes = createWrites('keyspace')([...small, createMessage(other, 1), ...big])
  const sizesOf = (table: string) => writes.filter((write) => write.table === table).map(({ rows }) => rows.length)
  assert.deepEqual(sizesOf('messages'), [rowsPerWrite, 1, 1, 1, 1, 1])
  assert.deepEqual(sizesOf('message_by_id'), [...upTo(5).map(() => partitionsPerWrite), 5])
})

test('a row that is refused keeps none of those from being stored that were to go with it, and is told', async () => {
  const stored: unknown[] = []
  const write = async ({ rows }: CassandraWrite) => {
    if (rows.some(([number]) => number === 3)) throw new Error('refused')
    stored.push(...rows.flat())
  }
  await assert.rejects(writeRows({ write }, createWrite(5)), /refused/)
  assert.deepEqual(stored, [1, 2, 4, 5])
})

test('while the archive is away nothing is tried row by row', async () => {
  let calls = 0
  const write = async () => {
    calls += 1
    throw historyUnavailable(new Error('away'))
  }
  await assert.rejects(writeRows({ write }, createWrite(5)), { code: 'HISTORY_UNAVAILABLE' })
  assert.equal(calls, 1)
})
