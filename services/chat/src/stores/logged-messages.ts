import { column, json, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'
import type { ArchiveRange } from '../archive/archive.ts'
import { LogEvent } from '../log/log-event.ts'

/** A message's creation and all that changed it, in order; nothing where the log does not hold its creation. */
export function listEventsOfMessage(sql: Queries, messageId: string): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    with target as (select conversation_id, seq from conversation_log where message_id = ${messageId})
    select log.* from target
    join conversation_log log on log.conversation_id = target.conversation_id and log.seq = target.seq
    union all
    select log.* from target
    join conversation_log log on log.conversation_id = target.conversation_id and log.target_seq = target.seq
      and kind in ('message.edited', 'message.deleted')
    order by seq`
}

/** What changed messages, by the log, in order. */
export function listChanges(
  sql: Queries,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    select * from conversation_log
    where conversation_id = ${conversationId} and target_seq = any(${seqs}::bigint[])
      and kind in ('message.edited', 'message.deleted')
    order by seq`
}

/** Messages at some places and what changed them, by the log, in order. */
export function listEventsAt(
  sql: Queries,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    select * from conversation_log
    where conversation_id = ${conversationId} and seq = any(${seqs}::bigint[]) and kind = 'message.created'
    union all
    select * from conversation_log
    where conversation_id = ${conversationId} and target_seq = any(${seqs}::bigint[])
      and kind in ('message.edited', 'message.deleted')
    order by seq`
}

/** What time it is where all processes agree. */
export async function loadNow(sql: Queries): Promise<Date> {
  const { now } = await sql.one(Type.Object({ now: column.timestamp }))`select clock_timestamp() as now`
  return now
}

/** The newest or oldest messages of a range that the log has, each with the last that changed it; in order of seq. */
export function listMessages(sql: Queries, range: ArchiveRange): Promise<LogEvent[]> {
  const { conversationId, afterSeq, throughSeq, order, rows } = range
  return sql.many(LogEvent)`
    with page as (
      (
        select conversation_id, seq from conversation_log
        where ${order} = 'newest' and conversation_id = ${conversationId} and kind = 'message.created'
          and seq > ${afterSeq} and seq <= ${throughSeq}
        order by seq desc limit ${rows}
      ) union all (
        select conversation_id, seq from conversation_log
        where ${order} = 'oldest' and conversation_id = ${conversationId} and kind = 'message.created'
          and seq > ${afterSeq} and seq <= ${throughSeq}
        order by seq limit ${rows}
      )
    )
    select log.* from page
    join conversation_log log on log.conversation_id = page.conversation_id and log.seq = page.seq
    union all
    select changed.* from page
    join lateral (
      select * from conversation_log log
      where log.conversation_id = page.conversation_id and log.target_seq = page.seq
        and kind in ('message.edited', 'message.deleted')
      order by log.seq desc limit 1
    ) changed on true
    order by seq`
}

/** Where a message is. */
export type MessagePlace = { conversation_id: string; seq: number }

/** Messages at places of any conversations that the log has, each with its last text or its deletion; in order of seq. */
export function listMessagesAt(sql: Queries, places: readonly MessagePlace[]): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    with place as (select * from jsonb_to_recordset(${json(places)}::jsonb) as place (conversation_id uuid, seq bigint))
    select log.* from place
    join conversation_log log on log.conversation_id = place.conversation_id and log.seq = place.seq
    where kind = 'message.created'
    union all
    select changed.* from place
    join lateral (
      select * from conversation_log log
      where log.conversation_id = place.conversation_id and log.target_seq = place.seq
        and kind in ('message.edited', 'message.deleted')
      order by log.seq desc limit 1
    ) changed on true
    order by seq`
}
