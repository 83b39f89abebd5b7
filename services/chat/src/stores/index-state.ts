import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { LogEvent } from '../log/log-event.ts'
import { type Changes, type Pending, PendingRow } from './archive-state.ts'

/** Conversations that are not all in the search: those named first, then those that wait longest. */
export function listUnindexedConversations(sql: Queries, { since, apart, rows }: Changes): Promise<Pending[]> {
  return sql.many(PendingRow)`
    select conversation_id, changed_at, (sum(last_seq - indexed_seq) over ())::bigint as lag
    from conversations join archive_state using (conversation_id)
    where (changed_at > ${since} or conversation_id = any(${apart}::uuid[])) and last_seq > indexed_seq
    order by conversation_id = any(${apart}::uuid[]) desc, changed_at limit ${rows}`
}

/** Waits for whoever is indexing a conversation, and keeps everybody else from it until the transaction ends. */
export async function holdIndexing(tx: Transaction, conversationId: string): Promise<void> {
  await tx.execute`select 1 from archive_state where conversation_id = ${conversationId} for update`
}

const Cursor = Type.Object({
  conversation_id: column.id,
  indexed_seq: column.integer,
  last_seq: column.integer,
  is_e2ee_enabled: column.flag,
})

/** How far the search has come in a conversation. */
export type IndexCursor = Static<typeof Cursor>

/** Takes for the transaction those that nobody else has. */
export function takeCursors(tx: Transaction, conversationIds: readonly string[]): Promise<IndexCursor[]> {
  return tx.many(Cursor)`
    select conversation_id, indexed_seq, last_seq, is_e2ee_enabled
    from archive_state join conversations using (conversation_id)
    where conversation_id = any(${conversationIds}::uuid[])
    order by conversation_id for update of archive_state skip locked`
}

/** What comes next for the search, in order within each conversation, each of which is read by itself. */
export function listUnindexed(tx: Transaction, cursors: readonly IndexCursor[], rows: number): Promise<LogEvent[]> {
  return tx.many(LogEvent)`
    select log.* from jsonb_to_recordset(${json(cursors)}::jsonb) as cursor (conversation_id uuid, indexed_seq bigint,
      last_seq bigint)
    cross join lateral (
      select * from conversation_log
      where conversation_id = cursor.conversation_id and seq > cursor.indexed_seq and seq <= cursor.last_seq
      order by seq limit ${rows}
    ) as log
    order by log.conversation_id, log.seq limit ${rows}`
}

export async function moveCursors(
  tx: Transaction,
  moved: readonly { conversation_id: string; seq: number }[],
): Promise<void> {
  await tx.execute`
    update archive_state set indexed_seq = moved.seq
    from jsonb_to_recordset(${json(moved)}::jsonb) as moved (conversation_id uuid, seq bigint)
    where archive_state.conversation_id = moved.conversation_id`
}
