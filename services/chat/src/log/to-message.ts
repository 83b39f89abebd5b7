import type { EventFrame, Message } from '@secureconnect/protocol'
import { type LogEvent, type StoredMessage, toStoredMessage } from './log-event.ts'

/** A message as clients see it. */
export function toMessage(stored: StoredMessage): Message {
  const { message_type, is_encrypted, group_epoch, metadata, client_id, reply_to, forwarded_from, file_ids } =
    stored.facts
  const { mentions = [], mentions_all = false } = stored.facts
  return {
    message_id: stored.messageId,
    conversation_id: stored.conversationId,
    seq: stored.seq,
    number: stored.number,
    sender_id: stored.senderId,
    ...(client_id !== undefined && { client_id }),
    message_type,
    content: stored.content,
    is_encrypted,
    ...(group_epoch !== undefined && { group_epoch }),
    metadata,
    reply_to: reply_to ?? null,
    forwarded_from: forwarded_from ?? null,
    mentions,
    mentions_all,
    file_ids: file_ids ?? [],
    created_at: stored.createdAt.toISOString(),
    edited_at: stored.editedAt?.toISOString() ?? null,
    deleted_at: stored.deletedAt?.toISOString() ?? null,
    deletion_reason: stored.deletionReason,
    expires_at: stored.expiresAt?.toISOString() ?? null,
  }
}

/** A message as it was sent: nobody had answered to it with anything. */
export function toSentMessage(event: LogEvent): Message {
  return { ...toMessage(toStoredMessage(event)), reactions: [] }
}

function dataOf(event: LogEvent): object {
  const { kind, data, content, target_seq, created_at } = event
  const time = created_at.toISOString()
  if (kind === 'message.created') return toSentMessage(event)
  if (kind === 'message.edited') return { ...data, content, target_seq, edited_at: time }
  if (kind === 'message.deleted') return { ...data, target_seq, deleted_at: time }
  // The words of one that was deleted are gone from the log.
  if (kind === 'poll.created') return { question: null, options: [], ...data }
  return target_seq === null ? data : { ...data, target_seq }
}

/** An event as clients get it. Its data was shaped for its kind when it was appended. */
export function toEventFrame(event: LogEvent): EventFrame {
  const { conversation_id, seq, log_epoch, kind, created_at } = event
  const place = { conversation_id, seq, log_epoch, created_at: created_at.toISOString() }
  return { type: 'event', ...place, kind, data: dataOf(event) } as EventFrame
}
