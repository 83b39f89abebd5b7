import { anyLaterSeq } from '../stores/archive-drops.ts'
import type { Archive, DropRange } from './archive.ts'
import type { CassandraConnection, CassandraWrite } from './cassandra-connection.ts'
import { fromIdRow, toLong, toUuid } from './cassandra-rows.ts'
import { bucketOf, seqsPerBucket } from './cassandra-schema.ts'
import { forEachAtOnce, listApart } from './cassandra-writes.ts'
import { createPassedBuckets } from './passed-buckets.ts'

const idsPerRead = 500
/** Beyond all that is noted, which older archives lack, so many partitions without a message are taken for the end. */
const emptyBucketsAtEnd = 10

type Part = { range: DropRange; bucket: number; signal: AbortSignal }

/** Removes messages and their places. Whatever was written before `applied` stays covered, however late it comes. */
export function createDrop(connection: Pick<CassandraConnection, 'read' | 'write'>, keyspace: string): Archive['drop'] {
  const passed = createPassedBuckets(connection, keyspace)
  const ofPartition = `from ${keyspace}.messages where conversation_id = ? and bucket = ?`
  const listIds = `select message_id, seq ${ofPartition} and seq > ? and seq <= ? order by seq asc limit ${idsPerRead}`
  const dropIds = `delete from ${keyspace}.message_by_id using timestamp ? where message_id = ?`
  const dropPartition = `delete from ${keyspace}.messages using timestamp ? where conversation_id = ? and bucket = ?`

  async function readIds({ range: { conversationId, throughSeq }, bucket }: Part, afterSeq: number) {
    const values = [toUuid(conversationId), bucket, toLong(afterSeq), toLong(throughSeq)]
    return (await connection.read({ table: 'messages', query: listIds, values })).map(fromIdRow)
  }

  async function forgetIds(ids: readonly string[], applied: number): Promise<void> {
    const rows = ids.map((id) => [toLong(applied - 1), toUuid(id)])
    const kind = { operation: 'delete', table: 'message_by_id', query: dropIds } as const
    await forEachAtOnce(listApart(rows), (part) => connection.write({ ...kind, rows: part }))
  }

  /** The places go first: once the messages are gone, nobody knows which those were. */
  async function dropPlaces(part: Part): Promise<{ isEmpty: boolean }> {
    const { range, signal } = part
    let [afterSeq, isEmpty] = [range.afterSeq, true]
    for (;;) {
      signal.throwIfAborted()
      const found = await readIds(part, afterSeq)
      await forgetIds(
        found.map(({ messageId }) => messageId),
        range.applied,
      )
      isEmpty &&= found.length === 0
      const last = found.at(-1)
      if (!last || found.length < idsPerRead) return { isEmpty }
      afterSeq = last.seq
    }
  }

  /** What covers a whole partition is told so: that costs less than a range of it. */
  function describeDrop({ range: { conversationId, afterSeq, throughSeq, applied }, bucket }: Part): CassandraWrite {
    const isWhole = afterSeq < bucket * seqsPerBucket && throughSeq >= (bucket + 1) * seqsPerBucket - 1
    const partition = [toLong(applied - 1), toUuid(conversationId), bucket]
    const kind = { operation: 'delete', table: 'messages' } as const
    if (isWhole) return { ...kind, query: dropPartition, rows: [partition] }
    const row = [...partition, toLong(afterSeq), toLong(throughSeq)]
    return { ...kind, query: `${dropPartition} and seq > ? and seq <= ?`, rows: [row] }
  }

  return async (range, signal) => {
    const isOpen = range.throughSeq === anyLaterSeq
    const highest = bucketOf(range.throughSeq)
    const lastPassed = isOpen ? await passed.findLast(range.conversationId) : highest
    let emptyBuckets = 0
    for (let bucket = bucketOf(range.afterSeq + 1); bucket <= highest; bucket++) {
      const part = { range, bucket, signal }
      const { isEmpty } = await dropPlaces(part)
      emptyBuckets = isEmpty ? emptyBuckets + 1 : 0
      if (bucket > lastPassed && emptyBuckets >= emptyBucketsAtEnd) break
      if (!isOpen || !isEmpty) await connection.write(describeDrop(part))
    }
    await passed.forget(range)
  }
}
