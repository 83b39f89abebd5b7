import type { types } from 'cassandra-driver'
import type { StoredMessage } from '../log/log-event.ts'
import type { Archive, ArchivePage, ArchivePlaces, ArchiveRange } from './archive.ts'
import type { CassandraConnection } from './cassandra-connection.ts'
import { createDrop } from './cassandra-drops.ts'
import { fromMessageRow, fromPlaceRow, toLong, toUuid } from './cassandra-rows.ts'
import { bucketOf, seqsPerBucket } from './cassandra-schema.ts'
import { createWrites, forEachAtOnce, writeRows } from './cassandra-writes.ts'
import { createPassedBuckets } from './passed-buckets.ts'

/** A page looks into so many partitions at most, and is short if they hold too little. */
const bucketsPerPage = 5

/** All but the earlier texts, which would make a page of messages that were changed often a big one. */
const listedColumns = `conversation_id, seq, message_id, applied, number, sender_id, content, data, edited_at,
  deleted_at, deletion_reason, expires_at, created_at`

type Connection = Pick<CassandraConnection, 'isAvailable' | 'takesWrites' | 'read' | 'write'>

function createReads(connection: Connection, keyspace: string) {
  const of = `from ${keyspace}.messages where conversation_id = ? and bucket = ?`
  const queries = {
    newest: `select ${listedColumns} ${of} and seq > ? and seq <= ? order by seq desc limit ?`,
    oldest: `select ${listedColumns} ${of} and seq > ? and seq <= ? order by seq asc limit ?`,
    some: `select * ${of} and seq in ?`,
  }
  const read = (query: string, values: unknown[]): Promise<types.Row[]> =>
    connection.read({ table: 'messages', query, values })

  return {
    async list({ conversationId, afterSeq, throughSeq, order, rows }: ArchiveRange): Promise<ArchivePage> {
      const [lowest, highest] = [bucketOf(afterSeq + 1), bucketOf(throughSeq)]
      const isDown = order === 'newest'
      const messages: StoredMessage[] = []
      for (let step = 0; step <= highest - lowest && messages.length < rows; step++) {
        const bucket = isDown ? highest - step : lowest + step
        const lastLooked = isDown ? (bucket + 1) * seqsPerBucket : bucket * seqsPerBucket - 1
        if (step === bucketsPerPage) return { messages, cutAt: lastLooked }
        const range = [toLong(afterSeq), toLong(throughSeq), rows - messages.length]
        const found = await read(queries[order], [toUuid(conversationId), bucket, ...range])
        messages.push(...found.map(fromMessageRow))
      }
      return { messages }
    },

    async load(places: readonly ArchivePlaces[]): Promise<StoredMessage[]> {
      const messages: StoredMessage[] = []
      const partitions = places.flatMap(({ conversationId, seqs }) =>
        [...Map.groupBy(seqs, bucketOf)].map(([bucket, ofOne]) => [toUuid(conversationId), bucket, ofOne.map(toLong)]),
      )
      await forEachAtOnce(partitions, async (values) => {
        messages.push(...(await read(queries.some, values)).map(fromMessageRow))
      })
      return messages
    },
  }
}

/** The archive in Cassandra: the messages of a conversation in partitions of 2,000 places, newest first. */
export function createCassandraArchive(connection: Connection, keyspace: string): Archive {
  const listWrites = createWrites(keyspace)
  const reads = createReads(connection, keyspace)
  const passed = createPassedBuckets(connection, keyspace)
  const place = `select conversation_id, seq from ${keyspace}.message_by_id where message_id = ?`
  return {
    get isAvailable() {
      return connection.isAvailable
    },
    get takesWrites() {
      return connection.takesWrites
    },
    write: (messages) => forEachAtOnce(listWrites(messages), (write) => writeRows(connection, write)),
    pass: passed.note,
    list: reads.list,
    load: reads.load,
    async locate(messageId) {
      const values = [toUuid(messageId)]
      const [row] = await connection.read({ table: 'message_by_id', query: place, values })
      return row && fromPlaceRow(row)
    },
    drop: createDrop(connection, keyspace),
  }
}
