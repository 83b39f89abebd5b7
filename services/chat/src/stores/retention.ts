import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { wordyKeys } from './conversation-log.ts'
import { dropReferences } from './file-references.ts'
import { holdIndexing } from './index-state.ts'
import type { MessagePlace } from './logged-messages.ts'
import { removeDisclosures } from './reports.ts'
import { removeEntriesThrough } from './search-entries.ts'

const Retention = Type.Object({
  conversation_id: column.id,
  history_start_seq: column.integer,
  log_start: column.integer,
  /** What is older than this goes. */
  until: column.timestamp,
})

/** Few enough that nobody notices how long their conversation is locked. */
const eventsPerPart = 500

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

/** Those of some places that retention has not removed, in conversations that have not ended. */
export async function listKeptPlaces(sql: Queries, places: readonly MessagePlace[]): Promise<MessagePlace[]> {
  return sql.many(Type.Object({ conversation_id: column.id, seq: column.integer }))`
    select conversation_id, seq
    from jsonb_to_recordset(${json(places)}::jsonb) as place (conversation_id uuid, seq bigint)
    join conversations using (conversation_id)
    where seq > history_start_seq`
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

type Part = { conversationId: string; afterSeq: number; throughSeq: number }

/** Where a part of a log ends that holds no more than so many events, for they are changed under its lock. */
export async function findPartEnd(sql: Queries, { conversationId, afterSeq, throughSeq }: Part): Promise<number> {
  const row = await sql.maybeOne(Type.Object({ seq: column.integer }))`
    select seq from conversation_log
    where conversation_id = ${conversationId} and seq > ${afterSeq} and seq <= ${throughSeq}
    order by seq offset ${eventsPerPart - 1} limit 1`
  return row?.seq ?? throughSeq
}

/**
 * Hides all up to the end of a part from everybody, whose text leaves log and search at once; whether anything was left to hide.
 * What lies before the part is hidden already.
 */
export async function moveHistoryStart(
  tx: Transaction,
  { conversationId, afterSeq, throughSeq }: Part,
): Promise<boolean> {
  const moved = await tx.execute`
    update conversations set history_start_seq = ${throughSeq}, changed_at = clock_timestamp()
    where conversation_id = ${conversationId} and history_start_seq < ${throughSeq}`
  if (moved === 0) return false
  await tx.execute`
    update conversation_log set content = null, data = (data - ${wordyKeys}::text[]) || '{"metadata": {}}'::jsonb
    where conversation_id = ${conversationId} and kind in ('message.created', 'message.edited', 'poll.created')
      and ((seq > ${afterSeq} and seq <= ${throughSeq})
        or (target_seq > ${afterSeq} and target_seq <= ${throughSeq} and kind in ('message.edited', 'message.deleted')))`
  await dropReferences(tx, { conversationId, throughSeq })
  await tx.execute`delete from expiring_messages where conversation_id = ${conversationId} and seq <= ${throughSeq}`
  await tx.execute`delete from reactions where conversation_id = ${conversationId} and seq <= ${throughSeq}`
  await tx.execute`delete from pins where conversation_id = ${conversationId} and seq <= ${throughSeq}`
  await tx.execute`delete from polls where conversation_id = ${conversationId} and seq <= ${throughSeq}`
  await tx.execute`delete from notifications where conversation_id = ${conversationId} and message_seq <= ${throughSeq}`
  await holdIndexing(tx, conversationId)
  await removeEntriesThrough(tx, { conversationId, throughSeq })
  await removeDisclosures(tx, { conversationId, throughSeq })
  return true
}
