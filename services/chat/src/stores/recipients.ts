import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Concern } from '../notifications/concerns.ts'

const Listener = Type.Object({
  conversation_id: column.id,
  user_id: column.id,
  /** What comes later is new to this person. */
  seen_seq: column.integer,
  /** Whether an unread notification says already that there are messages. */
  is_told: column.flag,
  is_pushed: column.flag,
})

/** Somebody who is to hear of new messages in a conversation. */
export type Listener = Static<typeof Listener>

/**
 * Who wants to hear of every message and has not read what was said up to `last_seq`. Who was told already and has no
 * device is left out: in a large group that is nearly everybody.
 */
export function listListeners(
  sql: Queries,
  said: readonly { conversation_id: string; last_seq: number }[],
): Promise<Listener[]> {
  return sql.many(Listener)`
    select member.conversation_id, member.user_id, greatest(read_seq, visible_from - 1) as seen_seq, is_told, is_pushed
    from jsonb_to_recordset(${json(said)}::jsonb) as said (conversation_id uuid, last_seq bigint)
    join notifiable_members member on member.conversation_id = said.conversation_id
    left join notifications notified on notified.user_id = member.user_id
      and notified.conversation_id = member.conversation_id and notified.kind = 'message'
    cross join lateral (
      select coalesce(notified.seq > read_seq and notified.read_at is null, false) as is_told,
        push_enabled and exists (select 1 from push_tokens where push_tokens.user_id = member.user_id) as is_pushed
    ) as state
    where read_seq < last_seq and notification_level = 'all' and message_enabled and (is_pushed or not is_told)`
}

const NamedRecipient = Type.Object({ place: column.integer, user_id: column.id, push_enabled: column.flag })

/** Who of those whom other things concern is to hear of them, each with the place of what concerns him. */
export function listNamedRecipients(
  sql: Queries,
  concerns: readonly Concern[],
): Promise<Static<typeof NamedRecipient>[]> {
  const placed = concerns.map((concern, place) => ({ ...concern, place }))
  return sql.many(NamedRecipient)`
    select place, member.user_id, push_enabled
    from jsonb_to_recordset(${json(placed)}::jsonb) as named (place integer, conversation_id uuid, seq bigint,
      actor_id uuid, user_id uuid, kind text, message_seq bigint)
    join notifiable_members member on member.conversation_id = named.conversation_id
      and (named.user_id is null or member.user_id = named.user_id)
    where (named.actor_id is null or member.user_id <> named.actor_id) and named.seq > read_seq and named.seq >= visible_from
      and notification_level <> 'none'
      and (kind <> 'poll_closed' or (notification_level = 'all' and exists (
        select 1 from polls where polls.conversation_id = named.conversation_id and polls.seq = message_seq and (
          created_by = member.user_id or exists (
            select 1 from poll_votes
            where poll_votes.poll_id = polls.poll_id and poll_votes.user_id = member.user_id)))))
      and case when kind in ('mention', 'reaction') then message_enabled else system_enabled end
      and not exists (
        select 1 from blocks
        where (blocks.user_id = member.user_id and blocked_id = named.actor_id)
          or (blocks.user_id = named.actor_id and blocked_id = member.user_id))`
}

const Told = Type.Object({ user_id: column.id })
type About = { user_id: string; conversation_id: string | null }

/** Whether somebody hears of a conversation at all; of what is about none everybody does. */
export async function isHeardOf(sql: Queries, { user_id, conversation_id }: About): Promise<boolean> {
  if (conversation_id === null) return true
  const member = await sql.maybeOne(Told)`
    select user_id from notifiable_members
    where conversation_id = ${conversation_id} and user_id = ${user_id} and notification_level <> 'none'`
  return member !== undefined
}
