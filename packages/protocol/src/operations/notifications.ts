import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { Seq } from './messages.ts'

/** What people are notified of. */
export const NotificationKind = Type.Union([
  Type.Literal('message', { description: 'The first message that was not read yet; more may have followed' }),
  Type.Literal('mention'),
  Type.Literal('reaction', { description: 'To an own message' }),
  Type.Literal('poll_closed', { description: 'That one made or voted in' }),
  Type.Literal('group_added'),
  Type.Literal('friend_request', { description: 'For as long as the request is open' }),
  Type.Literal('file_refused', {
    description: 'An own file that was found to do harm, or cannot be scanned, and is gone',
  }),
  Type.Literal('call_missed', {
    description: 'It rang here, or would have but for another call, and was not answered',
  }),
])
export type NotificationKind = Static<typeof NotificationKind>

/** A notification as it is told on the socket: what it is about, never what that says. */
export const NotificationNews = Type.Object({
  notification_id: Uuid,
  kind: NotificationKind,
  conversation_id: Nullable(Uuid),
  /** Of the event; whoever reads the conversation as far as this has read the notification. */
  seq: Nullable(Seq),
  message_id: Nullable(Uuid),
  poll_id: Nullable(Uuid),
  actor_id: Nullable(Uuid),
  file_id: Nullable(Uuid),
  call_id: Nullable(Uuid),
})
export type NotificationNews = Static<typeof NotificationNews>

export const Notification = Type.Object({
  ...NotificationNews.properties,
  is_read: Type.Boolean(),
  text: Nullable(
    Type.String({ description: 'How the message begins, as it is now; null where it has no words or is encrypted' }),
  ),
  created_at: Timestamp,
})
export type Notification = Static<typeof Notification>

const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM' })

/** When no push disturbs; past midnight where it ends before it begins. */
export const QuietHours = Strict({
  from: TimeOfDay,
  until: TimeOfDay,
  time_zone: Type.String({
    minLength: 1,
    maxLength: limits.timeZoneCharacters,
    pattern: '^[A-Za-z0-9_+/-]+$',
    description: 'By its IANA name, such as Europe/Berlin',
  }),
})
export type QuietHours = Static<typeof QuietHours>

const flags = {
  message_enabled: Type.Boolean({ description: 'Messages, mentions, reactions' }),
  call_enabled: Type.Boolean({ description: 'Calls, also those that were missed' }),
  friend_request_enabled: Type.Boolean({ description: 'Requests for friendship' }),
  system_enabled: Type.Boolean({ description: 'Being added to groups, polls that close, own files that were refused' }),
  push_enabled: Type.Boolean({ description: 'Whether any of it is pushed to devices' }),
  email_enabled: Type.Boolean({ description: 'Kept for clients; no notification is mailed yet' }),
}

export const NotificationPreferences = Type.Object({ ...flags, quiet_hours: Nullable(QuietHours) })
export type NotificationPreferences = Static<typeof NotificationPreferences>

const aNotification = { caller: 'user', params: Strict({ notification_id: Uuid }), errors: ['NOT_FOUND'] } as const

export const notifications = operations('chat-service', {
  list: {
    name: 'chat.notification.list',
    summary: 'Own notifications, newest first; at most the newest 1,000 of 30 days',
    method: 'GET',
    path: '/v1/notifications',
    caller: 'user',
    query: Strict({ ...pageQuery }),
    answer: { 200: Page('notifications', Notification) },
  },
  count: {
    name: 'chat.notification.count',
    summary: 'How many are not read',
    method: 'GET',
    path: '/v1/notifications/count',
    caller: 'user',
    answer: { 200: Type.Object({ unread_count: Type.Integer() }) },
  },
  getPreferences: {
    name: 'chat.notification.preferences',
    summary: 'What one is notified of',
    method: 'GET',
    path: '/v1/notifications/preferences',
    caller: 'user',
    answer: { 200: NotificationPreferences },
  },
  setPreferences: {
    name: 'chat.notification.preferences.update',
    summary: 'Say what one is notified of, and when no push may disturb',
    method: 'PATCH',
    path: '/v1/notifications/preferences',
    caller: 'user',
    body: Strict({ ...Type.Partial(Type.Object(flags)).properties, quiet_hours: Type.Optional(Nullable(QuietHours)) }),
    answer: { 200: NotificationPreferences },
  },
  read: {
    name: 'chat.notification.read',
    summary: 'Say that one has seen a notification',
    method: 'POST',
    path: '/v1/notifications/:notification_id/read',
    ...aNotification,
    answer: { 200: Confirmation },
  },
  readAll: {
    name: 'chat.notification.read-all',
    summary: 'Say that one has seen them all',
    method: 'POST',
    path: '/v1/notifications/read-all',
    caller: 'user',
    answer: { 200: Confirmation },
  },
  delete: {
    name: 'chat.notification.delete',
    summary: 'Remove a notification',
    method: 'DELETE',
    path: '/v1/notifications/:notification_id',
    ...aNotification,
    answer: { 200: Confirmation },
  },
})
