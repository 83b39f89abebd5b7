import { AppError } from '@secureconnect/errors'
import { limits, type Notification } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { loadPlaces } from '../history/load-places.ts'
import type { StoredMessage } from '../log/log-event.ts'
import type { MessagePlace } from '../stores/logged-messages.ts'
import type { NotificationRow } from '../stores/notifications.ts'
import { shorten } from './shorten.ts'

type Needed = Pick<Context, 'sql' | 'archive'>

function toPlaces({ conversation_id, message_seq, message_id }: NotificationRow): MessagePlace[] {
  if (conversation_id === null || message_seq === null || message_id === null) return []
  return [{ conversation_id, seq: message_seq }]
}

/** Messages at some places, and whether there may be more of them: in the archive, while that is away. */
async function loadMessages({ sql, archive }: Needed, places: readonly MessagePlace[]) {
  try {
    return { messages: await loadPlaces({ sql, archive }, places), isAway: false }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'HISTORY_UNAVAILABLE') throw error
    const onlyLog = { sql, archive: { load: async () => [] } }
    return { messages: await loadPlaces(onlyLog, places), isAway: true }
  }
}

function textOf({ content, facts }: StoredMessage): string | null {
  return content === null || facts.is_encrypted ? null : shorten(content, limits.notificationTextCharacters)
}

/**
 * Notifications with what their messages say now, which whose they are may see; those of messages that are gone by now
 * are left out.
 */
export async function toNotifications(needed: Needed, rows: readonly NotificationRow[]): Promise<Notification[]> {
  const { messages, isAway } = await loadMessages(needed, rows.flatMap(toPlaces))
  const byId = new Map(messages.map((message) => [message.messageId, message]))
  return rows.flatMap((row) => {
    const message = row.message_id === null ? undefined : byId.get(row.message_id)
    const isGone = message ? message.deletedAt !== null : row.message_id !== null && !isAway
    if (isGone) return []
    return [{ ...row, text: message ? textOf(message) : null, created_at: row.created_at.toISOString() }]
  })
}
