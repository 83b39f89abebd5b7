import { presence } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { tellTyping } from '../people/tell-typing.ts'
import { likeOperation, request } from './request.ts'

/** What is asked about who is there and who types. */
export function createPeopleRequests(context: Context) {
  const { audience, presenceBook } = context
  return {
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
      likeOperation(context, presence.list, async ({ frame: { user_ids: userIds }, connection, caller }) => {
        await audience.presence.watch(audience.get(connection), userIds)
        return { presence: await presenceBook.list(caller.userId, userIds) }
      }),
    ),
  }
}
