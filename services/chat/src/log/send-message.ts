import { AppError } from '@secureconnect/errors'
import type { Message } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { bringPeerBack } from '../conversations/bring-peer-back.ts'
import { conversationChanging, messageNotFound } from '../errors.ts'
import { findMessage, findVisible } from '../history/find-message.ts'
import { showMessage } from '../reactions/read-reactions.ts'
import type { Draft } from './draft.ts'
import { toSentMessage } from './to-message.ts'

export type SendParts = Pick<Context, 'sql' | 'archive' | 'lanes' | 'fanOut' | 'events' | 'readReactions'>

/** What is answered to must be in the same conversation, and visible to whoever answers. */
async function assertAnswerable(context: SendParts, { facts, conversationId, senderId }: Draft): Promise<void> {
  if (facts.reply_to === undefined) return
  const answered = await findVisible(context, { messageId: facts.reply_to, userId: senderId }).catch((error) => {
    // Sends go on while older messages are away; what is named is only an id, which shows nobody anything.
    if (error instanceof AppError && error.code === 'HISTORY_UNAVAILABLE') return undefined
    throw error
  })
  if (answered && answered.conversationId !== conversationId) throw messageNotFound()
}

/** Sends a message, over REST and sockets alike; what was sent under the same client id before is answered as it is now. */
export async function sendMessage(context: SendParts, draft: Draft): Promise<Message> {
  await assertAnswerable(context, draft)
  let sent = await context.lanes.send(draft)
  if (sent.kind === 'alone') {
    await bringPeerBack(context, { conversationId: draft.conversationId, userId: draft.senderId })
    sent = await context.lanes.send(draft)
  }
  if (sent.kind === 'alone') throw conversationChanging()
  if (sent.kind === 'refused') throw sent.error
  if (sent.kind === 'sent') {
    const message = toSentMessage(sent.event)
    const { message_id: messageId, conversation_id: conversationId, message_type: type } = message
    context.events.messageSent({ messageId, conversationId, userId: draft.senderId, type })
    return message
  }
  const earlier = await findMessage(context, sent.messageId)
  if (!earlier) throw messageNotFound()
  return showMessage(context, earlier, draft.senderId)
}
