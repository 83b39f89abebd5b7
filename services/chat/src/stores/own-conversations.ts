import { HistoryRule, MemberRole, NotificationLevel } from '@secureconnect/protocol'
import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { LogEvent } from '../log/log-event.ts'

/** A conversation as one of its members has it. */
export const OwnRow = Type.Object({
  conversation_id: column.id,
  type: Type.Union([Type.Literal('direct'), Type.Literal('group')]),
  pair: column.nullable(column.text),
  title: column.nullable(column.text),
  avatar_url: column.nullable(column.text),
  created_by: column.id,
  is_e2ee_enabled: column.flag,
  group_epoch: column.integer,
  rekey_required: column.flag,
  message_ttl_seconds: column.nullable(column.integer),
  retention_days: column.nullable(column.integer),
  history: HistoryRule,
  log_epoch: column.integer,
  last_seq: column.integer,
  member_count: column.integer,
  created_at: column.timestamp,
  changed_at: column.timestamp,
  role: MemberRole,
  joined_at: column.timestamp,
  visible_from: column.integer,
  read_seq: column.integer,
  unread_count: column.integer,
  notification_level: NotificationLevel,
  notification_until: column.nullable(column.timestamp),
  /** Of the newest message that its member may see. */
  last_message_seq: column.nullable(column.integer),
  active_us: column.integer,
})
export type OwnRow = Static<typeof OwnRow>

/** One of somebody's conversations. */
export function findOwn(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<OwnRow | undefined> {
  return sql.maybeOne(OwnRow)`
    select * from own_conversations
    where user_id = ${userId} and conversation_id = ${conversationId} and left_at is null`
}

type ByActivity = {
  userId: string
  /** The last one of the page before. */
  after: { us: number; id: string } | undefined
  rows: number
}

/** Somebody's conversations, the latest activity first. */
export function listOwn(sql: Queries, { userId, after, rows }: ByActivity): Promise<OwnRow[]> {
  return sql.many(OwnRow)`
    select * from own_conversations
    where user_id = ${userId} and left_at is null
      and (${after?.us ?? null}::bigint is null
        or (active_us, conversation_id) < (${after?.us ?? null}::bigint, ${after?.id ?? null}::uuid))
    order by active_us desc, conversation_id desc
    limit ${rows}`
}

type Place = Pick<OwnRow, 'conversation_id' | 'last_message_seq'>

/** The newest messages of conversations with all that changed them, in order, as far as the log holds them. */
export function listNewestEvents(sql: Queries, places: readonly Place[]): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    with newest as (
      select * from jsonb_to_recordset(${json(places)}::jsonb) as place (conversation_id uuid, last_message_seq bigint)
    )
    select log.* from newest
    join conversation_log log on log.conversation_id = newest.conversation_id and log.seq = last_message_seq
    union all
    select log.* from newest
    join conversation_log log on log.conversation_id = newest.conversation_id and log.target_seq = last_message_seq
      and kind in ('message.edited', 'message.deleted')
    order by conversation_id, seq`
}
