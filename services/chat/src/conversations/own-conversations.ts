import type { OwnConversation } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { conversationNotFound } from '../errors.ts'
import { applyEvents } from '../history/apply-event.ts'
import { hideExpired } from '../history/hide-expired.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { peerOf } from '../log/peer-of.ts'
import { toMessage } from '../log/to-message.ts'
import { findOwn, listNewestEvents, type OwnRow } from '../stores/own-conversations.ts'

/** The newest messages of conversations, by conversation. The log holds them, unless a thousand other events followed. */
async function loadLastMessages(sql: Queries, rows: readonly OwnRow[]): Promise<Map<string, StoredMessage>> {
  const places = rows
    .filter(({ last_message_seq }) => last_message_seq !== null)
    .map(({ conversation_id, last_message_seq }) => ({ conversation_id, last_message_seq }))
  if (places.length === 0) return new Map()
  const events = Map.groupBy(await listNewestEvents(sql, places), ({ conversation_id }) => conversation_id)
  const messages = [...events.values()].flatMap((ofOne) => applyEvents([], ofOne))
  return new Map((await hideExpired(sql, messages)).map((message) => [message.conversationId, message]))
}

/** What a row has beside what clients see, its answer's schema leaves out. */
function toOwnConversation(row: OwnRow, userId: string, last: StoredMessage | undefined): OwnConversation {
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    changed_at: row.changed_at.toISOString(),
    joined_at: row.joined_at.toISOString(),
    notification_until: row.notification_until?.toISOString() ?? null,
    peer_id: peerOf(row, userId),
    last_message: last ? toMessage(last) : null,
  }
}

/** Conversations as one of their members sees them, each with its newest message. */
export async function toOwnConversations(
  sql: Queries,
  { rows, userId }: { rows: readonly OwnRow[]; userId: string },
): Promise<OwnConversation[]> {
  const last = await loadLastMessages(sql, rows)
  return rows.map((row) => toOwnConversation(row, userId, last.get(row.conversation_id)))
}

/** One of somebody's conversations; to all but its members there is none. */
export async function getOwnConversation(
  sql: Queries,
  place: { conversationId: string; userId: string },
): Promise<OwnConversation> {
  const row = await findOwn(sql, place)
  const [own] = row ? await toOwnConversations(sql, { rows: [row], userId: place.userId }) : []
  if (!own) throw conversationNotFound()
  return own
}
