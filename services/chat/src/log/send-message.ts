import type { Message } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { messageNotFound } from '../errors.ts'
import { findMessage, findVisible } from '../history/find-message.ts'
import type { Draft } from './draft.ts'
import { toStoredMessage } from './log-event.ts'
import { toMessage } from './to-message.ts'

type Parts = Pick<Context, 'sql' | 'archive' | 'lanes' | 'events'>

/** What is answered to must be in the same conversation, and visible to whoever answers. */
async function assertAnswerable(context: Parts, { facts, conversationId, senderId }: Draft): Promise<void> {
  if (facts.reply_to === undefined) return
  const answered = await findVisible(context, { messageId: facts.reply_to, userId: senderId })
  if (answered.conversationId !== conversationId) throw messageNotFound()
}

/** Sends a message, over REST and sockets alike; what was sent under the same client id before is answered as it is now. */
export async function sendMessage(context: Parts, draft: Draft): Promise<Message> {
  await assertAnswerable(context, draft)
  const sent = await context.lanes.send(draft)
  if (sent.kind === 'refused') throw sent.error
  if (sent.kind === 'sent') {
    const message = toMessage(toStoredMessage(sent.event))
    const { message_id: messageId, conversation_id: conversationId, message_type: type } = message
    context.events.messageSent({ messageId, conversationId, userId: draft.senderId, type })
    return message
  }
  const earlier = await findMessage(context, sent.messageId)
  if (!earlier) throw messageNotFound()
  return toMessage(earlier)
}
