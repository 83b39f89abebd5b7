import { column, json, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { LogEvent } from '../log/log-event.ts'
import { dropReferences } from './file-references.ts'
import { removeNotificationsOf } from './notifications.ts'
import { removeDisclosures } from './reports.ts'

const Head = Type.Object({
  conversation_id: column.id,
  type: Type.Union([Type.Literal('direct'), Type.Literal('group')]),
  pair: column.nullable(column.text),
  is_e2ee_enabled: column.flag,
  message_ttl_seconds: column.nullable(column.integer),
  history: Type.Union([Type.Literal('all'), Type.Literal('joined')]),
  /** What is up to here is kept for nobody any more. */
  history_start_seq: column.integer,
  log_epoch: column.integer,
  last_seq: column.integer,
  message_count: column.integer,
  last_message_seq: column.integer,
  member_count: column.integer,
  group_epoch: column.integer,
  rekey_required: column.flag,
})

/** The end of a conversation's log, and what decides over what is added to it. */
export type Head = Static<typeof Head>

/** Locks conversations, always in the same order; those that there are not are missing from the answer. */
export function lockHeads(tx: Transaction, conversationIds: readonly string[]): Promise<Head[]> {
  return tx.many(Head)`
    select conversation_id, type, pair, is_e2ee_enabled, message_ttl_seconds, history, history_start_seq,
      log_epoch, last_seq, message_count, last_message_seq, member_count, group_epoch, rekey_required
    from conversations where conversation_id = any(${conversationIds}::uuid[])
    order by conversation_id for update`
}

/** Locks those conversations that nobody else has locked, without waiting for the others. */
export function lockFreeHeads(tx: Transaction, conversationIds: readonly string[]): Promise<Head[]> {
  return tx.prepared.many(Head)`
    select conversation_id, type, pair, is_e2ee_enabled, message_ttl_seconds, history, history_start_seq,
      log_epoch, last_seq, message_count, last_message_seq, member_count, group_epoch, rekey_required
    from conversations where conversation_id = any(${conversationIds}::uuid[])
    order by conversation_id for update skip locked`
}

/** Which of these conversations there are, locked or not. */
export async function listExisting(tx: Transaction, conversationIds: readonly string[]): Promise<string[]> {
  const rows = await tx.many(Type.Pick(Head, ['conversation_id']))`
    select conversation_id from conversations where conversation_id = any(${conversationIds}::uuid[])`
  return rows.map(({ conversation_id }) => conversation_id)
}

type HeadChange = Pick<Head, 'conversation_id' | 'last_seq' | 'message_count' | 'last_message_seq'>
type Appending = { events: readonly Omit<LogEvent, 'created_at'>[]; moved: HeadChange }

/**
 * Adds rows to a log, whose seqs were decided under the lock of its conversation, and moves its head on; the last
 * statement of its transaction, because the sweeps go by the time it writes.
 */
export function insertEvents(tx: Transaction, { events, moved }: Appending): Promise<LogEvent[]> {
  return tx.many(LogEvent)`
    with moved as (
      update conversations set last_seq = ${moved.last_seq}, message_count = ${moved.message_count},
        last_message_seq = ${moved.last_message_seq}, changed_at = clock_timestamp()
      where conversation_id = ${moved.conversation_id}
    )
    insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, target_seq, number,
      content, data, expires_at)
    select conversation_id, seq, log_epoch, kind, actor_id, message_id, target_seq, number, content, data, expires_at
    from jsonb_to_recordset(${json(events)}::jsonb) as added (conversation_id uuid, seq bigint, log_epoch bigint,
      kind text, actor_id uuid, message_id uuid, target_seq bigint, number bigint, content text, data jsonb,
      expires_at timestamptz)
    returning *`
}

/** Moves heads on; the last statement of its transaction, because the sweeps go by the time it writes. */
export async function moveHeads(tx: Transaction, heads: readonly HeadChange[]): Promise<void> {
  await tx.prepared.execute`
    update conversations set last_seq = moved.last_seq, message_count = moved.message_count,
      last_message_seq = moved.last_message_seq, changed_at = clock_timestamp()
    from (
      select * from jsonb_to_recordset(${json(heads)}::jsonb) as moved (conversation_id uuid, last_seq bigint,
        message_count bigint, last_message_seq bigint)
      limit ${heads.length}
    ) as moved
    where conversations.conversation_id = moved.conversation_id`
}

/** What an event's data says in words, or of people and files: it goes with the text. */
export const wordyKeys = ['file_ids', 'mentions', 'mentions_all', 'question', 'options']

/**
 * Removes what a message or poll said, in its creation and its changes, and all that hangs on it: this is the one way
 * in which words vanish.
 */
export async function emptyText(tx: Transaction, place: { conversationId: string; seq: number }): Promise<void> {
  const { conversationId, seq } = place
  await tx.execute`
    update conversation_log set content = null, data = (data - ${wordyKeys}::text[]) || '{"metadata": {}}'::jsonb
    where conversation_id = ${conversationId}
      and (seq = ${seq} or (target_seq = ${seq} and kind in ('message.edited', 'message.deleted')))
      and kind <> 'message.deleted'`
  await dropReferences(tx, { conversationId, fromSeq: seq, throughSeq: seq })
  await tx.execute`delete from expiring_messages where conversation_id = ${conversationId} and seq = ${seq}`
  await tx.execute`delete from reactions where conversation_id = ${conversationId} and seq = ${seq}`
  await tx.execute`delete from pins where conversation_id = ${conversationId} and seq = ${seq}`
  await tx.execute`delete from polls where conversation_id = ${conversationId} and seq = ${seq}`
  await removeNotificationsOf(tx, place)
  await removeDisclosures(tx, { conversationId, afterSeq: seq - 1, throughSeq: seq })
}
