import { type ChatRequestType, messages, presence } from '@secureconnect/protocol'
import type { FrameHandler, FrameInput } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { readConversation } from '../history/read-conversation.ts'
import { deleteMessage } from '../log/delete-message.ts'
import { createDraft } from '../log/draft.ts'
import { editMessage } from '../log/edit-message.ts'
import { sendMessage } from '../log/send-message.ts'
import { tellTyping } from '../people/tell-typing.ts'
import { getEvents } from './get-events.ts'
import { likeOperation, request } from './request.ts'
import { subscribe } from './subscribe.ts'

/** A frame without a handler, or a handler without a frame, does not compile. */
type Handlers = { readonly [T in ChatRequestType]: FrameHandler }

/** What each request of the chat socket does: the same as its operation over REST, where it has one. */
export function createHandlers(context: Context): Handlers {
  const { audience, presenceBook } = context
  const sessionOf = ({ connection }: FrameInput) => audience.get(connection)
  return {
    subscribe: request('subscribe', (input) => {
      const session = sessionOf(input)
      return session.inTurn(() => subscribe(context, session, input.frame))
    }),
    'events.get': request('events.get', ({ frame, caller }) => getEvents(context, caller.userId, frame)),
    'message.send': request(
      'message.send',
      likeOperation(context, messages.send, async ({ frame: { type: _type, id: _id, ...body }, caller }) =>
        sendMessage(context, createDraft({ body, senderId: caller.userId })),
      ),
    ),
    'message.edit': request(
      'message.edit',
      likeOperation(context, messages.edit, async ({ frame: { message_id, content, metadata }, caller }) => {
        const edit = { content, ...(metadata && { metadata }) }
        return editMessage(context, { messageId: message_id, userId: caller.userId, edit })
      }),
    ),
    'message.delete': request(
      'message.delete',
      likeOperation(context, messages.delete, async ({ frame: { message_id }, caller }) =>
        deleteMessage(context, { messageId: message_id, userId: caller.userId }),
      ),
    ),
    typing: request(
      'typing',
      likeOperation(context, presence.type, async ({ frame: { conversation_id, is_typing }, caller }) =>
        tellTyping(context, { conversationId: conversation_id, userId: caller.userId, isTyping: is_typing }),
      ),
    ),
    'presence.set': request(
      'presence.set',
      likeOperation(context, presence.set, ({ frame: { status }, caller: { userId } }) => {
        audience.noteStatus(userId, status)
        return presenceBook.set(userId, status)
      }),
    ),
    'presence.watch': request(
      'presence.watch',
      likeOperation(context, presence.list, async (input) => {
        const { user_ids: userIds } = input.frame
        await audience.presence.watch(sessionOf(input), userIds)
        return { presence: await presenceBook.list(input.caller.userId, userIds) }
      }),
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
