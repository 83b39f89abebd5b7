import { AppError } from '@secureconnect/errors'
import type { StoredMessage } from '../log/log-event.ts'
import type { CassandraConnection, CassandraWrite } from './cassandra-connection.ts'
import { cassandraLimits } from './cassandra-limits.ts'
import { toLong, toUuid } from './cassandra-rows.ts'
import { bucketOf } from './cassandra-schema.ts'

const { writesAtOnce, rowsPerWrite, charactersPerWrite, partitionsPerWrite } = cassandraLimits

/** Does something for each item, several at once; the first failure ends it. */
export async function forEachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const workers = Array.from({ length: Math.min(writesAtOnce, items.length) }, async () => {
    for (const item of rest) await work(item)
  })
  await Promise.all(workers)
}

/** Stores rows; one that is refused keeps none of those from being stored that were to go with it. */
export async function writeRows(connection: Pick<CassandraConnection, 'write'>, write: CassandraWrite): Promise<void> {
  try {
    await connection.write(write)
  } catch (error) {
    if (error instanceof AppError || write.rows.length === 1) throw error
    const alone = write.rows.map((row) => connection.write({ ...write, rows: [row] }))
    await Promise.allSettled(alone)
    await Promise.all(alone)
  }
}

const unsetOr = <T>(value: T | null) => value ?? undefined

/**
 * Columns that were never set are not written at all, for each would leave a tombstone; of a deleted message the text
 * is taken away by just that.
 */
function toValues(message: StoredMessage): { values: unknown[]; characters: number } {
  const { seq, applied, deletedAt, content } = message
  const facts = JSON.stringify(message.facts)
  const versions = message.versions.length > 0 ? JSON.stringify(message.versions) : undefined
  const place = [toUuid(message.conversationId), bucketOf(seq), toLong(seq), toUuid(message.messageId)]
  const numbers = [toLong(applied), toLong(message.number)]
  const said = [toUuid(message.senderId), content, facts, deletedAt ? null : versions]
  const ends = [unsetOr(message.editedAt), unsetOr(deletedAt), unsetOr(message.deletionReason)]
  const times = [unsetOr(message.expiresAt), message.createdAt, toLong(applied)]
  const characters = facts.length + (content?.length ?? 0) + (versions?.length ?? 0)
  return { values: [...place, ...numbers, ...said, ...ends, ...times], characters }
}

/** Parts a partition's messages into as many as may go together: Cassandra stores them as one. */
function listParts(messages: readonly StoredMessage[]): unknown[][][] {
  const parts: unknown[][][] = []
  let left = 0
  for (const message of messages) {
    const { values, characters } = toValues(message)
    const part = parts.at(-1)
    if (part && part.length < rowsPerWrite && characters <= left) part.push(values)
    else {
      parts.push([values])
      left = charactersPerWrite
    }
    left -= characters
  }
  return parts
}

/** Parts rows of different partitions into as many as may go together. */
export function listApart(rows: readonly unknown[][]): unknown[][][] {
  return Array.from({ length: Math.ceil(rows.length / partitionsPerWrite) }, (_, index) =>
    rows.slice(index * partitionsPerWrite, (index + 1) * partitionsPerWrite),
  )
}

const partitionOf = ({ conversationId, seq }: StoredMessage) => `${conversationId} ${bucketOf(seq)}`

/** Lists the writes that store messages. Each row carries `applied` as its timestamp: Cassandra keeps the newest. */
export function createWrites(keyspace: string): (messages: readonly StoredMessage[]) => CassandraWrite[] {
  const insert = `insert into ${keyspace}.messages (conversation_id, bucket, seq, message_id, applied, number, sender_id,
    content, data, versions, edited_at, deleted_at, deletion_reason, expires_at, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) using timestamp ?`
  const index = `insert into ${keyspace}.message_by_id (message_id, conversation_id, seq) values (?, ?, ?)
    using timestamp ?`

  return (messages) => {
    const partitions = [...Map.groupBy(messages, partitionOf).values()]
    const places = messages.map(({ messageId, conversationId, seq, applied }) => {
      return [toUuid(messageId), toUuid(conversationId), toLong(seq), toLong(applied)]
    })
    const writes: CassandraWrite[] = partitions.flatMap(listParts).map((rows) => {
      return { operation: 'insert', table: 'messages', query: insert, rows }
    })
    const indexed = listApart(places).map((rows): CassandraWrite => {
      return { operation: 'insert', table: 'message_by_id', query: index, rows }
    })
    return [...writes, ...indexed]
  }
}
