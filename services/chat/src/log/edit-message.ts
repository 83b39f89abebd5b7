import { isDeepStrictEqual } from 'node:util'
import { assertNotBlocked } from '@secureconnect/directory'
import { type EditMessage, lifetimes, limits, type Message } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { deletedAlready, encryptionRequired, epochConflict, notAllowed, tooManyVersions } from '../errors.ts'
import { applyEvent } from '../history/apply-event.ts'
import { showMessage } from '../reactions/read-reactions.ts'
import { loadNow } from '../stores/logged-messages.ts'
import { appendEvents } from './append-events.ts'
import { changeMessage, type Held } from './change-message.ts'
import { assertText } from './draft.ts'
import { isStale } from './is-stale.ts'
import { peerOf } from './peer-of.ts'

type Edit = { messageId: string; userId: string; edit: EditMessage }

async function assertEditable({ tx, head, message }: Held, userId: string): Promise<void> {
  if (message.senderId !== userId) throw notAllowed('Only who wrote a message may change it.')
  if (message.deletedAt) throw deletedAlready()
  const now = await loadNow(tx)
  if (now.getTime() - message.createdAt.getTime() > lifetimes.editMs) {
    throw notAllowed('A message can be changed for a day.')
  }
  if (head.is_e2ee_enabled && !message.facts.is_encrypted) throw encryptionRequired()
  if (message.versions.length >= limits.versionsPerMessage - 1) throw tooManyVersions()
  const peer = peerOf(head, userId)
  if (peer !== null) await assertNotBlocked(tx, userId, peer)
}

/** Changes an own message; an edit that changes nothing is no event. */
export async function editMessage(
  context: Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events' | 'readReactions'>,
  { messageId, userId, edit }: Edit,
): Promise<Message> {
  const { fanOut, events } = context
  const edited = await changeMessage(context, { messageId, userId }, async (held) => {
    const { tx, head, message } = held
    await assertEditable(held, userId)
    const { message_type, is_encrypted } = message.facts
    assertText({ ...edit, message_type, is_encrypted })
    const { content, metadata = message.facts.metadata } = edit
    const { seq: target_seq, expiresAt: expires_at } = message
    if (content === message.content && isDeepStrictEqual(metadata, message.facts.metadata)) return message
    const { group_epoch } = edit
    if (isStale(head, group_epoch)) throw epochConflict()
    const data = { message_id: messageId, metadata, ...(group_epoch !== undefined && { group_epoch }) }
    const draft = { kind: 'message.edited', actor_id: userId, target_seq, content, data, expires_at } as const
    const [event] = await appendEvents(tx, { head, drafts: [draft], fanOut })
    if (!event) throw new Error('An edit got no place')
    tx.afterCommit(() => events.messageEdited({ messageId, conversationId: head.conversation_id, userId }))
    return applyEvent(message, event)
  })
  return showMessage(context, edited, userId)
}
