import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Concern } from '../notifications/concerns.ts'

const MessageRecipient = Type.Object({
  conversation_id: column.id,
  user_id: column.id,
  /** The first of the messages that are new to this person, and the last. */
  first_seq: column.integer,
  last_seq: column.integer,
  /** Whether an unread notification says already that there are messages. */
  is_told: column.flag,
  push_enabled: column.flag,
})

/** Somebody for whom there are new messages in a conversation. */
export type MessageRecipient = Static<typeof MessageRecipient>

/** Who is to hear of messages: those who want to hear of every one, have not read it, and whom it does not name. */
export function listMessageRecipients(
  sql: Queries,
  { messages, mentions }: { messages: readonly Concern[]; mentions: readonly Concern[] },
): Promise<MessageRecipient[]> {
  return sql.many(MessageRecipient)`
    with said as (
      select * from jsonb_to_recordset(${json(messages)}::jsonb) as said (conversation_id uuid, seq bigint, actor_id uuid)
    ), named as (
      select * from jsonb_to_recordset(${json(mentions)}::jsonb) as named (conversation_id uuid, seq bigint, user_id uuid)
    ), apart as (
      select user_id, blocked_id as actor_id from blocks where blocked_id in (select actor_id from said)
      union all
      select blocked_id, user_id from blocks where user_id in (select actor_id from said)
    ), reached as (
      select member.conversation_id, member.user_id, min(read_seq) as read_seq,
        bool_and(push_enabled) as push_enabled, min(seq) as first_seq, max(seq) as last_seq
      from said join notifiable_members member on member.conversation_id = said.conversation_id
      where member.user_id <> said.actor_id and seq > read_seq and seq >= visible_from
        and notification_level = 'all' and message_enabled
        and not exists (select 1 from apart where apart.user_id = member.user_id and apart.actor_id = said.actor_id)
        and not exists (
          select 1 from named where named.conversation_id = said.conversation_id and named.seq = said.seq
            and named.user_id = member.user_id)
      group by member.conversation_id, member.user_id
    )
    select reached.conversation_id, reached.user_id, first_seq, last_seq, push_enabled,
      coalesce(told.seq > read_seq and told.read_at is null, false) as is_told
    from reached left join notifications told on told.user_id = reached.user_id
      and told.conversation_id = reached.conversation_id and told.kind = 'message'`
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
