import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { wordyKeys } from './conversation-log.ts'

const Retention = Type.Object({
  conversation_id: column.id,
  history_start_seq: column.integer,
  log_start: column.integer,
  /** What is older than this goes. */
  until: column.timestamp,
})

/** What a conversation keeps no longer. */
export type Retention = Static<typeof Retention>

/** Conversations after an id that keep their messages for so many days only. */
export function listRetentions(sql: Queries, after: string, rows: number): Promise<Retention[]> {
  return sql.many(Retention)`
    select conversation_id, history_start_seq, log_start,
      clock_timestamp() - retention_days * interval '1 day' as until
    from conversations join archive_state using (conversation_id)
    where retention_days is not null and conversation_id > ${after}
    order by conversation_id limit ${rows}`
}

/** The last event of the log that is older than a time; nothing where even the first is younger. */
export async function findLastBefore(
  sql: Queries,
  { conversationId, time }: { conversationId: string; time: Date },
): Promise<number | undefined> {
  const row = await sql.maybeOne(Type.Object({ seq: column.integer }))`
    select seq from conversation_log where conversation_id = ${conversationId} and created_at < ${time}
    order by seq desc limit 1`
  return row?.seq
}

/** Hides all up to a seq from everybody, whose text leaves the log at once; whether anything was left to hide. */
export async function moveHistoryStart(
  sql: Queries,
  { conversationId, seq }: { conversationId: string; seq: number },
): Promise<boolean> {
  const moved = await sql.execute`
    update conversations set history_start_seq = ${seq}, changed_at = clock_timestamp()
    where conversation_id = ${conversationId} and history_start_seq < ${seq}`
  if (moved === 0) return false
  await sql.execute`
    update conversation_log set content = null, data = (data - ${wordyKeys}::text[]) || '{"metadata": {}}'::jsonb
    where conversation_id = ${conversationId} and kind in ('message.created', 'message.edited', 'poll.created')
      and coalesce(target_seq, seq) <= ${seq}`
  await sql.execute`delete from file_references where conversation_id = ${conversationId} and seq <= ${seq}`
  await sql.execute`delete from expiring_messages where conversation_id = ${conversationId} and seq <= ${seq}`
  await sql.execute`delete from reactions where conversation_id = ${conversationId} and seq <= ${seq}`
  await sql.execute`delete from pins where conversation_id = ${conversationId} and seq <= ${seq}`
  await sql.execute`delete from polls where conversation_id = ${conversationId} and seq <= ${seq}`
  await sql.execute`delete from notifications where conversation_id = ${conversationId} and message_seq <= ${seq}`
  return true
}
