import { NotificationKind } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const NotificationRow = Type.Object({
  notification_id: column.id,
  kind: NotificationKind,
  conversation_id: column.nullable(column.id),
  seq: column.nullable(column.integer),
  message_seq: column.nullable(column.integer),
  message_id: column.nullable(column.id),
  poll_id: column.nullable(column.id),
  actor_id: column.nullable(column.id),
  file_id: column.nullable(column.id),
  call_id: column.nullable(column.id),
  is_read: column.flag,
  created_at: column.timestamp,
  created_us: column.integer,
})

/** A notification as its person may see it now. */
export type NotificationRow = Static<typeof NotificationRow>

/** A notification that is being made. */
export type NewNotification = Omit<NotificationRow, 'is_read' | 'created_at' | 'created_us' | 'file_id' | 'call_id'> & {
  user_id: string
  file_id?: string | null
  call_id?: string | null
}

/** Adds notifications, which take the place of earlier ones that say the same. */
export async function saveNotifications(tx: Transaction, added: readonly NewNotification[]): Promise<void> {
  await removeEarlier(tx, added)
  await tx.execute`
    insert into notifications (notification_id, user_id, kind, conversation_id, seq, message_seq, message_id, actor_id,
      file_id, call_id)
    select notification_id, user_id, kind, conversation_id, seq, message_seq, message_id, actor_id, file_id, call_id
    from jsonb_to_recordset(${json(added)}::jsonb) as added (notification_id uuid, user_id uuid, kind text,
      conversation_id uuid, seq bigint, message_seq bigint, message_id uuid, actor_id uuid, file_id uuid,
      call_id uuid)`
}

/** That there are messages, that somebody asks for a friendship or reacts to a message is said once: the newer one stays. */
async function removeEarlier(tx: Transaction, added: readonly NewNotification[]): Promise<void> {
  const messages = added.filter(({ kind }) => kind === 'message')
  if (messages.length > 0)
    await tx.execute`
      delete from notifications
      using jsonb_to_recordset(${json(messages)}::jsonb) as added (user_id uuid, conversation_id uuid)
      where notifications.user_id = added.user_id and notifications.conversation_id = added.conversation_id
        and kind = 'message'`
  const requests = added.filter(({ kind }) => kind === 'friend_request')
  if (requests.length > 0)
    await tx.execute`
      delete from notifications
      using jsonb_to_recordset(${json(requests)}::jsonb) as added (user_id uuid, actor_id uuid)
      where notifications.user_id = added.user_id and notifications.actor_id = added.actor_id
        and kind = 'friend_request'`
  const reactions = added.filter(({ kind }) => kind === 'reaction')
  if (reactions.length > 0)
    await tx.execute`
      delete from notifications
      using jsonb_to_recordset(${json(reactions)}::jsonb) as added (conversation_id uuid, message_seq bigint, actor_id uuid)
      where notifications.conversation_id = added.conversation_id and notifications.message_seq = added.message_seq
        and notifications.actor_id = added.actor_id and kind = 'reaction'`
}

/**
 * Removes the notifications of a message that is being deleted, once whoever is just telling of it has done so. What says that there are messages goes on to the next
 * one, where its person has read none of them yet.
 */
export async function removeNotificationsOf(
  tx: Transaction,
  { conversationId, seq }: { conversationId: string; seq: number },
): Promise<void> {
  await tx.execute`select 1 from notification_state where conversation_id = ${conversationId} for update`
  await tx.execute`
    with next as (
      select seq, message_id, actor_id from conversation_log
      where conversation_id = ${conversationId} and seq > ${seq} and kind = 'message.created'
        and content is not null and data ->> 'message_type' <> 'system'
      order by seq limit 1
    )
    update notifications set seq = next.seq, message_seq = next.seq, message_id = next.message_id, actor_id = next.actor_id
    from next cross join members
    where notifications.conversation_id = ${conversationId} and notifications.message_seq = ${seq}
      and notifications.kind = 'message' and notifications.read_at is null
      and members.conversation_id = notifications.conversation_id and members.user_id = notifications.user_id
      and members.left_at is null and members.read_seq < notifications.seq`
  await tx.execute`
    delete from notifications where conversation_id = ${conversationId} and message_seq = ${seq}`
}

type ByTime = { userId: string; after: { us: number; id: string } | undefined; rows: number }

/** Somebody's notifications, newest first. */
export function listNotifications(sql: Queries, { userId, after, rows }: ByTime): Promise<NotificationRow[]> {
  return sql.many(NotificationRow)`
    select own_notifications.*, case kind when 'poll_closed' then (
      select poll_id from polls
      where polls.conversation_id = own_notifications.conversation_id and polls.seq = message_seq) end as poll_id
    from own_notifications
    where user_id = ${userId}
      and (${after?.us ?? null}::bigint is null
        or (created_us, notification_id) < (${after?.us ?? null}::bigint, ${after?.id ?? null}::uuid))
    order by created_us desc, notification_id desc
    limit ${rows}`
}

export async function countUnread(sql: Queries, userId: string): Promise<number> {
  const { unread } = await sql.one(Type.Object({ unread: column.integer }))`
    select count(*) as unread from own_notifications where user_id = ${userId} and not is_read`
  return unread
}

type Own = { userId: string; notificationId: string }

/** Notes that somebody has seen a notification; false where there is none for him. */
export async function markRead(sql: Queries, { userId, notificationId }: Own): Promise<boolean> {
  const marked = await sql.execute`
    update notifications set read_at = coalesce(read_at, clock_timestamp())
    where notification_id = (
      select notification_id from own_notifications
      where user_id = ${userId} and notification_id = ${notificationId})`
  return marked === 1
}

export async function markAllRead(sql: Queries, userId: string): Promise<void> {
  await sql.execute`
    update notifications set read_at = clock_timestamp() where user_id = ${userId} and read_at is null`
}

/** Removes a notification; false where there is none for its person. */
export async function removeNotification(sql: Queries, { userId, notificationId }: Own): Promise<boolean> {
  const removed = await sql.execute`
    delete from notifications
    where notification_id = (
      select notification_id from own_notifications
      where user_id = ${userId} and notification_id = ${notificationId})`
  return removed === 1
}
