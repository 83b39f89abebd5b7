import type { Message } from '@secureconnect/protocol'
import { hashBody, otherBody } from '@secureconnect/service'
import { newId } from '@secureconnect/sql'
import { deletedAlready, encryptionRequired } from '../errors.ts'
import { findVisible } from '../history/find-message.ts'
import { showMessage } from '../reactions/read-reactions.ts'
import { findSend } from '../stores/sends.ts'
import type { Draft } from './draft.ts'
import { type SendParts, sendMessage } from './send-message.ts'

type Forward = {
  messageId: string
  conversationId: string
  userId: string
  clientId: string | undefined
  idempotencyKey: string | undefined
}

/** The message that this very request made before; what it was made from may be gone by now. */
async function findEarlier(
  context: SendParts,
  draft: Pick<Draft, 'conversationId' | 'senderId' | 'clientId' | 'bodyHash'>,
) {
  const send = await findSend(context.sql, draft)
  if (!send) return undefined
  if (send.body_hash !== draft.bodyHash) throw otherBody()
  return findVisible(context, { messageId: send.message_id, userId: draft.senderId })
}

/** Sends what somebody may read to another conversation. What is encrypted was encrypted for others: its client must do it. */
export async function forwardMessage(
  context: SendParts,
  { messageId, conversationId, userId, clientId, idempotencyKey }: Forward,
): Promise<Message> {
  const place = {
    conversationId,
    senderId: userId,
    clientId: clientId ?? idempotencyKey ?? newId(),
    bodyHash: hashBody({ forwarded: messageId }),
  }
  const earlier = await findEarlier(context, place)
  if (earlier) return showMessage(context, earlier, userId)
  const { content, facts } = await findVisible(context, { messageId, userId })
  if (content === null) throw deletedAlready()
  if (facts.is_encrypted) throw encryptionRequired()
  const { message_type, is_encrypted, metadata, file_ids } = facts
  return sendMessage(context, {
    ...place,
    content,
    facts: {
      message_type,
      is_encrypted,
      metadata,
      ...(clientId !== undefined && { client_id: clientId }),
      ...(file_ids && { file_ids }),
      forwarded_from: messageId,
    },
    expiresInSeconds: undefined,
  })
}
