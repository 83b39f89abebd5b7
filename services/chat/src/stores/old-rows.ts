import { lifetimes, limits } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'
import { dropOldDeviceMessages } from './device-messages.ts'
import { dropDecidedReports } from './reports.ts'

/** So many at a time, that none takes long. */
const rowsAtOnce = 5_000

type Drop = (sql: Sql) => Promise<number>

const dropSends: Drop = (sql) => sql.execute`
  delete from sends where (conversation_id, sender_id, client_id) in (
    select conversation_id, sender_id, client_id from sends
    where created_at < now() - ${lifetimes.sendMs}::bigint * interval '1 millisecond'
    order by created_at limit ${rowsAtOnce})`

const dropIdempotencyKeys: Drop = (sql) => sql.execute`
  delete from idempotency_keys where (user_id, operation, key) in (
    select user_id, operation, key from idempotency_keys
    where created_at < now() - ${lifetimes.idempotencyMs}::bigint * interval '1 millisecond'
    order by created_at limit ${rowsAtOnce})`

const dropUserFrames: Drop = (sql) => sql.execute`
  delete from user_frames where frame_id in (
    select frame_id from user_frames
    where created_at < now() - ${lifetimes.userFrameMs}::bigint * interval '1 millisecond'
    order by created_at limit ${rowsAtOnce})`

const dropKeyClaims: Drop = (sql) => sql.execute`
  delete from key_claims where (claimer_id, target_id) in (
    select claimer_id, target_id from key_claims
    where began_at < now() - ${lifetimes.keyClaimsMs}::bigint * interval '1 millisecond'
    order by began_at limit ${rowsAtOnce})`

/** The newest commit of a conversation stays: who was away for longer comes in again by what it says of the group. */
const dropCommits: Drop = (sql) => sql.execute`
  delete from group_commits where commit_id in (
    select commit_id from group_commits
    where created_at < now() - ${lifetimes.groupCommitMs}::bigint * interval '1 millisecond'
      and group_info is null
    order by created_at limit ${rowsAtOnce})`

const dropDeviceMessages: Drop = (sql) => dropOldDeviceMessages(sql, rowsAtOnce)

const dropNotifications: Drop = (sql) => sql.execute`
  delete from notifications where notification_id in (
    select notification_id from notifications
    where created_at < now() - ${lifetimes.notificationMs}::bigint * interval '1 millisecond'
    order by created_at limit ${rowsAtOnce})`

/** All but the newest of those people's who got another one just now. */
const dropExcessNotifications: Drop = (sql) => sql.execute`
  delete from notifications where notification_id in (
    select older.notification_id from (
      select distinct user_id from notifications where created_at > now() - interval '1 hour'
    ) as people cross join lateral (
      select notification_id from notifications where notifications.user_id = people.user_id
      order by created_at desc, notification_id desc offset ${limits.notificationsPerUser}
    ) as older limit ${rowsAtOnce})`

const dropDeadTokens: Drop = (sql) => sql.execute`
  delete from push_tokens where token_id in (
    select token_id from push_tokens
    where not exists (select 1 from live_push_tokens live where live.token_id = push_tokens.token_id)
    limit ${rowsAtOnce})`

/**
 * Conversations that nobody is in any more, with the memberships that ended there, once devices that were away have had
 * their time to hear of it. Elsewhere ended memberships stay: what somebody wrote is found by them when he is erased.
 */
const dropEmptyConversations: Drop = (sql) => sql.execute`
  delete from conversations where conversation_id in (
    select conversation_id from conversations
    where member_count = 0
      and changed_at < clock_timestamp() - ${lifetimes.endedMembershipMs}::bigint * interval '1 millisecond'
      and not exists (select 1 from conversation_log log where log.conversation_id = conversations.conversation_id)
    limit ${rowsAtOnce})`

const dropReports: Drop = (sql) => dropDecidedReports(sql, rowsAtOnce)

const drops: readonly Drop[] = [
  dropSends,
  dropIdempotencyKeys,
  dropUserFrames,
  dropKeyClaims,
  dropDeviceMessages,
  dropNotifications,
  dropExcessNotifications,
  dropDeadTokens,
  dropCommits,
  dropEmptyConversations,
  dropReports,
]

/** Drops what nobody can use any more; stops early, between two statements, where `signal` aborts. */
export async function dropOldRows(sql: Sql, signal: AbortSignal): Promise<void> {
  for (const drop of drops) {
    while (!signal.aborted && (await drop(sql)) === rowsAtOnce);
  }
}
