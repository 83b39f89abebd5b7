import { PersonFrame } from '@secureconnect/notifications'
import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { LogEvent } from '../log/log-event.ts'
import { wordyKeys } from './conversation-log.ts'
import type { Viewer } from './views.ts'

const Standing = Type.Object({
  /** Null for all but members. */
  visible_from: column.nullable(column.integer),
  history_start_seq: column.nullable(column.integer),
  log_start: column.nullable(column.integer),
  log_epoch: column.nullable(column.integer),
  last_seq: column.nullable(column.integer),
})
export type Standing = Static<typeof Standing>

/** How viewers stand with conversations, in the order of the viewers; each is looked up by his key, as senders are. */
export function listStandings(sql: Queries, viewers: readonly Viewer[]): Promise<Standing[]> {
  const asked = viewers.map(({ conversationId, userId }, place) => ({ place, conversationId, userId }))
  return sql.many(Standing)`
    select visible_from, history_start_seq, log_start, log_epoch, last_seq
    from jsonb_to_recordset(${json(asked)}::jsonb) as asked (place integer, "conversationId" uuid, "userId" uuid)
    left join lateral (
      select visible_from, history_start_seq, coalesce(log_start, 0) as log_start, log_epoch, last_seq
      from members join conversations using (conversation_id) left join archive_state using (conversation_id)
      where conversation_id = asked."conversationId" and user_id = asked."userId" and left_at is null offset 0
    ) as standing on true
    order by place`
}

const LiveHead = Type.Object({ conversation_id: column.id, log_epoch: column.integer, last_seq: column.integer })

/** Where a conversation's log ends. */
export type LiveHead = Static<typeof LiveHead>

/** The ends of the logs of these conversations, in their order; undefined where there is no such conversation. */
export async function listHeads(
  sql: Queries,
  conversationIds: readonly string[],
): Promise<readonly (LiveHead | undefined)[]> {
  const rows = await sql.many(LiveHead)`
    select conversation_id, log_epoch, last_seq from conversations where conversation_id = any(${conversationIds}::uuid[])`
  const heads = new Map(rows.map((row) => [row.conversation_id, row]))
  return conversationIds.map((id) => heads.get(id))
}

/**
 * The ends of those of some logs that changed within so many seconds, by the clock of the database: as it is when the
 * statement begins, because no index can be used for a time that goes on while it runs.
 */
export function listChangedHeads(
  sql: Queries,
  { conversationIds, seconds }: { conversationIds: readonly string[]; seconds: number },
): Promise<LiveHead[]> {
  return sql.many(LiveHead)`
    select conversation_id, log_epoch, last_seq from conversations
    where conversation_id = any(${conversationIds}::uuid[])
      and changed_at > now() - ${seconds} * interval '1 second'`
}

export type PageStart = { conversationId: string; afterSeq: number }
const PlacedEvent = Type.Object({ ...LogEvent.properties, place: column.integer })

/** A page ends before its text becomes more than this: many are read at a time, and wait for those who read slowly. */
const pageBytes = 512 * 1024

/**
 * Pages of logs, in the order of their starts: up to so many seqs after each, of which none is missing that the log
 * holds. Text whose time is up is gone.
 */
export async function listPages(sql: Queries, starts: readonly PageStart[], rows: number): Promise<LogEvent[][]> {
  const asked = starts.map(({ conversationId, afterSeq }, place) => ({ place, conversationId, afterSeq }))
  const placed = await sql.many(PlacedEvent)`
    select place, log.conversation_id, log.seq, log.log_epoch, log.kind, log.actor_id, log.message_id, log.target_seq,
      log.number, log.expires_at, log.created_at,
      case when log.expires_at <= clock_timestamp() then null else log.content end as content,
      case when log.expires_at <= clock_timestamp()
        then (log.data - ${wordyKeys}::text[]) || '{"metadata": {}}'::jsonb else log.data end as data
    from (
      select place, log.*, sum(coalesce(octet_length(content), 0) + octet_length(data::text))
        over (partition by place order by seq rows between unbounded preceding and 1 preceding) as bytes_before
      from conversation_log as log
      join jsonb_to_recordset(${json(asked)}::jsonb) as asked (place integer, "conversationId" uuid, "afterSeq" bigint)
        on log.conversation_id = asked."conversationId"
          and log.seq > asked."afterSeq" and log.seq <= asked."afterSeq" + ${rows}::integer
    ) as log
    where coalesce(bytes_before, 0) < ${pageBytes}::integer
    order by place, log.seq`
  const pages = Map.groupBy(placed, ({ place }) => place)
  return starts.map((_, place) => pages.get(place) ?? [])
}

export const FrameRow = Type.Object({ frame_id: column.id, user_id: column.id, frame: PersonFrame })

/** A frame for all sockets of one person. */
export type FrameRow = Static<typeof FrameRow>

/**
 * The frames that were written within so many seconds, in the order in which they were made; not that a call rings which
 * was answered or given up since.
 */
export function listUserFrames(sql: Queries, seconds: number): Promise<FrameRow[]> {
  return sql.many(FrameRow)`
    select frame_id, user_id, frame from user_frames
    where created_at > now() - ${seconds} * interval '1 second'
      and (frame ->> 'type' <> 'call.ringing' or exists (
        select 1 from call_invites invite
        where invite.call_id = (frame ->> 'call_id')::uuid and invite.user_id = user_frames.user_id
          and invite.status = 'ringing'))
    order by created_at, frame_id`
}
