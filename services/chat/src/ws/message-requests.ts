import { messages } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { readConversation } from '../history/read-conversation.ts'
import { deleteMessage } from '../log/delete-message.ts'
import { createDraft } from '../log/draft.ts'
import { editMessage } from '../log/edit-message.ts'
import { sendMessage } from '../log/send-message.ts'
import { likeOperation, request } from './request.ts'

/** What is asked about messages. */
export function createMessageRequests(context: Context) {
  return {
    'message.send': request(
      'message.send',
      likeOperation(context, messages.send, async ({ frame: { type: _type, id: _id, ...body }, caller }) =>
        sendMessage(context, createDraft({ body, senderId: caller.userId })),
      ),
    ),
    'message.edit': request(
      'message.edit',
      likeOperation(context, messages.edit, async ({ frame: { type: _type, id: _id, message_id, ...edit }, caller }) =>
        editMessage(context, { messageId: message_id, userId: caller.userId, edit }),
      ),
    ),
    'message.delete': request(
      'message.delete',
      likeOperation(context, messages.delete, async ({ frame: { message_id }, caller }) =>
        deleteMessage(context, { messageId: message_id, userId: caller.userId }),
      ),
    ),
    read: request(
      'read',
      likeOperation(context, messages.read, async ({ frame: { conversation_id, last_message_id, seq }, caller }) =>
        readConversation(context, {
          conversationId: conversation_id,
          userId: caller.userId,
          lastMessageId: last_message_id,
          seq,
        }),
      ),
    ),
  }
}
