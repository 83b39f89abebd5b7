import { toApplied } from '../log/log-event.ts'
import type { DropRange, Passed } from './archive.ts'
import type { CassandraConnection } from './cassandra-connection.ts'
import { toLong, toUuid } from './cassandra-rows.ts'
import { bucketOf, seqsPerBucket } from './cassandra-schema.ts'
import { forEachAtOnce, listApart } from './cassandra-writes.ts'

const highestBucket = 2 ** 31 - 1

/**
 * Notes of the partitions that each conversation has come to: one for 2,000 events, whether they are messages or not.
 * Cassandra cannot tell which partitions there are, and after a restore the database does not know it either.
 */
export function createPassedBuckets(connection: Pick<CassandraConnection, 'read' | 'write'>, keyspace: string) {
  const table = 'passed_buckets'
  const note = `insert into ${keyspace}.${table} (conversation_id, bucket) values (?, ?) using timestamp ?`
  const findHighest = `select bucket from ${keyspace}.${table} where conversation_id = ? limit 1`
  const forget = `delete from ${keyspace}.${table} using timestamp ? where conversation_id = ? and bucket > ? and bucket < ?`
  return {
    async note(events: readonly Passed[]): Promise<void> {
      const rows = events
        .filter(({ seq }) => seq % seqsPerBucket === 0)
        .map((event) => [toUuid(event.conversation_id), bucketOf(event.seq), toLong(toApplied(event))])
      const kind = { operation: 'insert', table, query: note } as const
      await forEachAtOnce(listApart(rows), (part) => connection.write({ ...kind, rows: part }))
    },
    /** The last partition that a conversation came to: there is none of its messages beyond. */
    async findLast(conversationId: string): Promise<number> {
      const [row] = await connection.read({ table, query: findHighest, values: [toUuid(conversationId)] })
      return row ? Number(row.get('bucket')) : 0
    },
    /** Forgets what was dropped; what is told of its last partition stays, for there may be more in it. */
    async forget({ conversationId, afterSeq, throughSeq, applied }: DropRange): Promise<void> {
      const [first, last] = [bucketOf(afterSeq), Math.min(bucketOf(throughSeq), highestBucket)]
      if (last - first < 2) return
      const row = [toLong(applied - 1), toUuid(conversationId), first, last]
      await connection.write({ operation: 'delete', table, query: forget, rows: [row] })
    },
  }
}
