import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Viewer } from './views.ts'

const ReadPointer = Type.Object({
  delivered_seq: column.integer,
  read_seq: column.integer,
  read_number: column.integer,
  message_count: column.integer,
  last_seq: column.integer,
  member_count: column.integer,
})

/** How far a member has read, beside how far there is to read. */
export type ReadPointer = Static<typeof ReadPointer>

/** Nothing for all but members. */
export function findReadPointer(sql: Queries, { conversationId, userId }: Viewer): Promise<ReadPointer | undefined> {
  return sql.maybeOne(ReadPointer)`
    select delivered_seq, read_seq, read_number, message_count, last_seq, member_count
    from members join conversations using (conversation_id)
    where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null`
}

const MovedPointer = Type.Pick(ReadPointer, ['delivered_seq', 'read_seq', 'read_number'])

/** What of a pointer moves. */
type MovedPointer = Static<typeof MovedPointer>

/** Moves on how far a member has read, and never back; undefined where it did not move. */
export function moveReadPointer(
  sql: Queries,
  { conversationId, userId, seq, number }: Viewer & { seq: number; number: number },
): Promise<MovedPointer | undefined> {
  return sql.maybeOne(MovedPointer)`
    update members set read_seq = ${seq}, read_number = greatest(read_number, ${number}::bigint),
      delivered_seq = greatest(delivered_seq, ${seq}::bigint), changed_at = clock_timestamp()
    where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null and read_seq < ${seq}
    returning delivered_seq, read_seq, read_number`
}

/** Moves on how much came to a member, and never back; undefined where it did not move. */
export function moveDelivered(
  sql: Queries,
  { conversationId, userId, seq }: Viewer & { seq: number },
): Promise<MovedPointer | undefined> {
  return sql.maybeOne(MovedPointer)`
    update members set delivered_seq = ${seq}
    where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null and delivered_seq < ${seq}
    returning delivered_seq, read_seq, read_number`
}

const Numbered = Type.Object({ number: column.integer })

/** How many messages of people there were with an event; nothing where the log does not hold it. */
export async function findNumber(sql: Queries, conversationId: string, seq: number): Promise<number | undefined> {
  const row = await sql.maybeOne(Numbered)`
    select number from conversation_log where conversation_id = ${conversationId} and seq = ${seq}`
  return row?.number
}
