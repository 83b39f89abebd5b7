import { ConversationType } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { type Changes, type Pending, PendingRow } from './archive-state.ts'

/** Conversations with events that nobody was notified of yet: those named first, then those that wait longest. */
export function listUnnotified(sql: Queries, { since, apart, rows }: Changes): Promise<Pending[]> {
  return sql.many(PendingRow)`
    select conversation_id, changed_at, (sum(last_seq - coalesce(notified_seq, 0)) over ())::bigint as lag
    from conversations left join notification_state using (conversation_id)
    where (changed_at > ${since} or conversation_id = any(${apart}::uuid[])) and last_seq > coalesce(notified_seq, 0)
    order by conversation_id = any(${apart}::uuid[]) desc, changed_at limit ${rows}`
}

const Stretch = Type.Object({
  conversation_id: column.id,
  type: ConversationType,
  notified_seq: column.integer,
  last_seq: column.integer,
})

/** The part of a conversation's log that has yet to be looked at. */
export type Stretch = Static<typeof Stretch>

/** Locks how far conversations were looked at, always in the same order; nothing that sends do waits for it. */
export async function lockStretches(tx: Transaction, conversationIds: readonly string[]): Promise<Stretch[]> {
  await tx.execute`
    insert into notification_state (conversation_id)
    select conversation_id from conversations where conversation_id = any(${conversationIds}::uuid[])
    order by conversation_id
    on conflict (conversation_id) do nothing`
  return tx.many(Stretch)`
    select notification_state.conversation_id, type, notified_seq, last_seq
    from notification_state join conversations on conversations.conversation_id = notification_state.conversation_id
    where notification_state.conversation_id = any(${conversationIds}::uuid[]) and last_seq > notified_seq
    order by notification_state.conversation_id for update of notification_state`
}

const NotableEvent = Type.Object({
  conversation_id: column.id,
  seq: column.integer,
  kind: column.text,
  actor_id: column.nullable(column.id),
  message_id: column.nullable(column.id),
  target_seq: column.nullable(column.integer),
  data: Type.Record(Type.String(), Type.Unknown()),
})

/** What an event says of whom it concerns; never its text. */
export type NotableEvent = Static<typeof NotableEvent>

/** The events of these kinds in stretches of logs, in order within each conversation. */
export function listNotable(
  sql: Queries,
  { stretches, kinds, rows }: { stretches: readonly Stretch[]; kinds: readonly string[]; rows: number },
): Promise<NotableEvent[]> {
  return sql.many(NotableEvent)`
    select log.conversation_id, log.seq, log.kind, log.actor_id, log.message_id, log.target_seq,
      log.data - 'metadata' as data
    from jsonb_to_recordset(${json(stretches)}::jsonb) as stretch (conversation_id uuid, notified_seq bigint, last_seq bigint)
    cross join lateral (
      select * from conversation_log
      where conversation_id = stretch.conversation_id and seq > stretch.notified_seq and seq <= stretch.last_seq offset 0
    ) as log
    where log.kind = any(${kinds}::text[]) and (log.kind <> 'message.created' or log.content is not null)
      and (log.expires_at is null or log.expires_at > clock_timestamp())
      and (log.kind <> 'reaction.added' or exists (
        select 1 from reactions where reactions.conversation_id = log.conversation_id
          and reactions.seq = log.target_seq and reactions.user_id = log.actor_id))
    order by log.conversation_id, log.seq limit ${rows}`
}

export async function moveNotified(
  tx: Transaction,
  moved: readonly { conversation_id: string; seq: number }[],
): Promise<void> {
  await tx.execute`
    update notification_state set notified_seq = moved.seq
    from jsonb_to_recordset(${json(moved)}::jsonb) as moved (conversation_id uuid, seq bigint)
    where notification_state.conversation_id = moved.conversation_id`
}
