import { type Static, Type } from 'typebox'
import { NotificationNews } from '../operations/notifications.ts'

/** Something that somebody is notified of, for all sockets of his. */
export const NotificationFrame = Type.Object({ type: Type.Literal('notification'), ...NotificationNews.properties })
export type NotificationFrame = Static<typeof NotificationFrame>
