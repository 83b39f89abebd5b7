import type { Queries, Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { messageNotFound } from '../errors.ts'
import { type StoredMessage, toStoredMessage } from '../log/log-event.ts'
import { findMarks } from '../stores/archive-state.ts'
import { listChanges, listEventsOfMessage } from '../stores/logged-messages.ts'
import { listViews } from '../stores/views.ts'
import { applyEvent } from './apply-event.ts'
import { hideExpired } from './hide-expired.ts'

type History = Pick<Context, 'sql' | 'archive'>

async function findLogged(sql: Queries, messageId: string): Promise<StoredMessage | undefined> {
  const [created, ...changes] = await listEventsOfMessage(sql, messageId)
  return created && changes.reduce(applyEvent, toStoredMessage(created))
}

async function findArchived({ sql, archive }: History, messageId: string): Promise<StoredMessage | undefined> {
  const place = await archive.locate(messageId)
  if (!place) return undefined
  const { conversationId, seq } = place
  // The log comes first: what it loses meanwhile is in the archive by then, and the other way round it would be missed.
  const changes = await listChanges(sql, { conversationId, seqs: [seq] })
  // Above its start the log would have held the message: a restore from backup undid it.
  const { log_start } = await findMarks(sql, conversationId)
  if (seq > log_start) return undefined
  const [message] = await archive.load([{ conversationId, seqs: [seq] }])
  // Another message may have got its place since.
  return message?.messageId === messageId ? changes.reduce(applyEvent, message) : undefined
}

/** A message as it is now, by log and archive together. Who asks may not be allowed to see it. */
export async function findMessage(context: History, messageId: string): Promise<StoredMessage | undefined> {
  const found = (await findLogged(context.sql, messageId)) ?? (await findArchived(context, messageId))
  if (!found) return undefined
  const [message] = await hideExpired(context.sql, [found])
  return message
}

/** Adds to a message what was appended since it was read; to be called under the lock of its conversation. */
export async function refreshMessage(tx: Transaction, message: StoredMessage): Promise<StoredMessage> {
  const { conversationId, seq } = message
  const changes = await listChanges(tx, { conversationId, seqs: [seq] })
  const [refreshed] = await hideExpired(tx, [changes.reduce(applyEvent, message)])
  return refreshed ?? message
}

/**
 * A message that somebody may see, as it is now; for everybody else there is none. What was deleted or has expired is
 * there without its text.
 */
export async function findVisible(
  context: History,
  { messageId, userId }: { messageId: string; userId: string },
): Promise<StoredMessage> {
  const message = await findMessage(context, messageId)
  if (!message) throw messageNotFound()
  const [view] = await listViews(context.sql, [{ conversationId: message.conversationId, userId }])
  if (view?.floor == null || message.seq <= view.floor) throw messageNotFound()
  return message
}
