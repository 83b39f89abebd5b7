import { ConversationType, QuietHours } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { WaitingPush } from '../push/waiting-push.ts'

const Pushable = Type.Object({
  token: column.text,
  platform: Type.Union([Type.Literal('android'), Type.Literal('ios'), Type.Literal('web')]),
  quiet_hours: column.nullable(QuietHours),
})

/** A device that is to be told now. */
export type Pushable = Static<typeof Pushable>

/**
 * Where a push goes, if it is wanted still: its device is signed in, and its person has not read what it is about,
 * may see it, wants to hear of it and of who caused it; and nobody has deleted it or taken it back.
 */
export function findPushable(sql: Queries, push: WaitingPush): Promise<Pushable | undefined> {
  const { token_id, user_id, kind, conversation_id, seq, message_seq, actor_id, call_id = null } = push
  return sql.maybeOne(Pushable)`
    select token, platform, case when preferences -> 'quiet_hours' = 'null'::jsonb then null
      else preferences -> 'quiet_hours' end as quiet_hours
    from live_push_tokens token
    join users on users.user_id = token.user_id and erasing_at is null
    left join notification_preferences on notification_preferences.user_id = token.user_id
    where token_id = ${token_id} and token.user_id = ${user_id}
      and (${kind}::text = 'test' or coalesce((preferences ->> 'push_enabled')::boolean, true))
      and (${kind}::text <> 'file_refused' or coalesce((preferences ->> 'system_enabled')::boolean, true))
      and (${kind}::text not in ('call_ringing', 'call_missed')
        or coalesce((preferences ->> 'call_enabled')::boolean, true))
      and (${kind}::text <> 'friend_request' or (
        coalesce((preferences ->> 'friend_request_enabled')::boolean, true) and exists (
          select 1 from friendships where state = 'requested' and asked_by = ${actor_id}::uuid
            and low_id = least(token.user_id, ${actor_id}::uuid) and high_id = greatest(token.user_id, ${actor_id}::uuid))))
      and (${actor_id}::uuid is null or not exists (
        select 1 from blocks where (blocks.user_id = token.user_id and blocked_id = ${actor_id}::uuid)
          or (blocks.user_id = ${actor_id}::uuid and blocked_id = token.user_id)))
      and (${conversation_id}::uuid is null or exists (
        select 1 from notifiable_members member
        join conversations on conversations.conversation_id = member.conversation_id
        where member.conversation_id = ${conversation_id}::uuid and member.user_id = token.user_id
          and (${seq}::bigint is null or (${seq}::bigint > read_seq and ${seq}::bigint >= visible_from
            and ${seq}::bigint > history_start_seq))
          and notification_level <> 'none'
          and (${kind}::text not in ('message', 'poll_closed') or notification_level = 'all')
          and (${kind}::text not in ('message', 'mention', 'reaction') or message_enabled)
          and (${kind}::text not in ('group_added', 'poll_closed') or system_enabled)))
      and (${kind}::text <> 'call_ringing' or exists (
        select 1 from call_invites
        where call_id = ${call_id}::uuid and call_invites.user_id = token.user_id and status = 'ringing'))
      and (${kind}::text <> 'reaction' or exists (
        select 1 from reactions where user_id = ${actor_id}::uuid and conversation_id = ${conversation_id}::uuid
          and seq = ${message_seq}::bigint))
      and (${kind}::text <> 'poll_closed' or exists (
        select 1 from polls where conversation_id = ${conversation_id}::uuid and seq = ${message_seq}::bigint))
      and (${message_seq}::bigint is null or not exists (
        select 1 from conversation_log
        where conversation_id = ${conversation_id}::uuid and (
          (seq = ${message_seq}::bigint and expires_at <= clock_timestamp())
          or (target_seq = ${message_seq}::bigint and kind = 'message.deleted'))))`
}

const Typed = Type.Object({ type: ConversationType })

/** What kind of conversation a push comes from; undefined where its person has read it as far as that, or left. */
export async function findUnreadType(
  sql: Queries,
  { conversation_id, user_id, seq }: Pick<WaitingPush, 'conversation_id' | 'user_id' | 'seq'>,
): Promise<ConversationType | undefined> {
  const found = await sql.maybeOne(Typed)`
    select type from conversations join members on members.conversation_id = conversations.conversation_id
    where conversations.conversation_id = ${conversation_id} and user_id = ${user_id} and left_at is null
      and read_seq < ${seq}`
  return found?.type
}

const Words = Type.Object({
  title: column.nullable(column.text),
  sender_name: column.nullable(column.text),
  content: column.nullable(column.text),
})

/** What a message says now, and where and by whom it was said; nothing of what is encrypted. */
export function findWords(sql: Queries, push: WaitingPush): Promise<Static<typeof Words> | undefined> {
  const { conversation_id, message_seq, actor_id } = push
  return sql.maybeOne(Words)`
    select title, (select display_name from users where user_id = ${actor_id}::uuid) as sender_name,
      case when log.expires_at is null or log.expires_at > clock_timestamp() then log.content end as content
    from conversations
    join conversation_log created on created.conversation_id = conversations.conversation_id
      and created.seq = ${message_seq}::bigint and created.data ->> 'is_encrypted' = 'false'
    join conversation_log log on log.conversation_id = conversations.conversation_id
      and (log.seq = created.seq or (log.target_seq = created.seq and log.kind = 'message.edited'))
    where conversations.conversation_id = ${conversation_id}::uuid and not is_e2ee_enabled
    order by log.seq desc limit 1`
}
