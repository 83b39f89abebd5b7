import type { Message } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { deletedAlready, encryptionRequired } from '../errors.ts'
import { findVisible } from '../history/find-message.ts'
import { hashBody } from './draft.ts'
import { type SendParts, sendMessage } from './send-message.ts'

type Forward = { messageId: string; conversationId: string; userId: string; clientId: string | undefined }

/** Sends what somebody may read to another conversation. What is encrypted was encrypted for others: its client must do it. */
export async function forwardMessage(
  context: SendParts,
  { messageId, conversationId, userId, clientId }: Forward,
): Promise<Message> {
  const { content, facts } = await findVisible(context, { messageId, userId })
  if (content === null) throw deletedAlready()
  if (facts.is_encrypted) throw encryptionRequired()
  const { message_type, is_encrypted, metadata, file_ids } = facts
  return sendMessage(context, {
    conversationId,
    senderId: userId,
    clientId: clientId ?? newId(),
    bodyHash: hashBody({ forwarded: messageId }),
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
