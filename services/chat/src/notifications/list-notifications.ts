import { AppError } from '@secureconnect/errors'
import { limits, type Notification } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { applyEvents } from '../history/apply-event.ts'
import { findVisible } from '../history/find-message.ts'
import { hideExpired } from '../history/hide-expired.ts'
import type { StoredMessage } from '../log/log-event.ts'
import type { NotificationRow } from '../stores/notifications.ts'
import { listNewestEvents } from '../stores/own-conversations.ts'
import { shorten } from './shorten.ts'

type Needed = Pick<Context, 'sql' | 'archive'>

/** The messages that notifications are about, by id, as far as the log holds them; whose they are may see them. */
async function loadLogged(sql: Needed['sql'], rows: readonly NotificationRow[]): Promise<StoredMessage[]> {
  const places = rows.flatMap(({ conversation_id, message_seq }) =>
    conversation_id !== null && message_seq !== null ? [{ conversation_id, last_message_seq: message_seq }] : [],
  )
  if (places.length === 0) return []
  const events = Map.groupBy(await listNewestEvents(sql, places), ({ conversation_id }) => conversation_id)
  return hideExpired(
    sql,
    [...events.values()].flatMap((ofOne) => applyEvents([], ofOne)),
  )
}

/** A message that left the log; without words while the archive is away. */
async function findOlder(needed: Needed, messageId: string, userId: string): Promise<StoredMessage | 'away' | 'gone'> {
  try {
    return await findVisible(needed, { messageId, userId })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'HISTORY_UNAVAILABLE') return 'away'
    if (error.code === 'MESSAGE_NOT_FOUND') return 'gone'
    throw error
  }
}

function textOf({ content, facts }: StoredMessage): string | null {
  return content === null || facts.is_encrypted ? null : shorten(content, limits.notificationTextCharacters)
}

/** Notifications with what their messages say now; those of messages that are gone by now are left out. */
export async function toNotifications(
  needed: Needed,
  { rows, userId }: { rows: readonly NotificationRow[]; userId: string },
): Promise<Notification[]> {
  const logged = new Map((await loadLogged(needed.sql, rows)).map((message) => [message.messageId, message]))
  const notifications: Notification[] = []
  for (const row of rows) {
    const { message_id: messageId } = row
    const message =
      messageId === null ? 'away' : (logged.get(messageId) ?? (await findOlder(needed, messageId, userId)))
    if (message === 'gone' || (message !== 'away' && message.deletedAt !== null)) continue
    const text = message === 'away' ? null : textOf(message)
    notifications.push({ ...row, text, created_at: row.created_at.toISOString() })
  }
  return notifications
}
