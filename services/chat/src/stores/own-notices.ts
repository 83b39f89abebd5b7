import { limits, NotificationKind } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const KeptNotification = Type.Object({
  kind: NotificationKind,
  conversation_id: column.nullable(column.id),
  message_id: column.nullable(column.id),
  created_at: column.timestamp,
})

/** All that somebody was notified of and that is kept still, newest first; not who caused it, which is about others. */
export function listAllNotifications(sql: Queries, userId: string): Promise<Static<typeof KeptNotification>[]> {
  return sql.many(KeptNotification)`
    select kind, conversation_id, message_id, created_at from notifications
    where user_id = ${userId} order by created_at desc, notification_id desc limit ${limits.notificationsPerUser}`
}

const KeptDevice = Type.Object({
  token: column.text,
  platform: column.text,
  device_id: column.nullable(column.text),
  registered_at: column.timestamp,
})

/** The devices that somebody has pushes sent to. */
export function listPushDevices(sql: Queries, userId: string): Promise<Static<typeof KeptDevice>[]> {
  return sql.many(KeptDevice)`
    select token, platform, device_id, registered_at from push_tokens
    where user_id = ${userId} order by registered_at desc, token_id desc`
}

/** Removes all that somebody is notified of, what he said about that, and his devices. */
export async function removeNotices(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from notifications where user_id = ${userId}`
  await tx.execute`delete from notification_preferences where user_id = ${userId}`
  await tx.execute`delete from push_tokens where user_id = ${userId}`
}
