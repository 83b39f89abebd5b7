import { conversations } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { getOwnConversation } from '../../conversations/own-conversations.ts'

export const getConversation = route(
  conversations.get,
  ({ sql }: Pick<Context, 'sql'>) =>
    ({ params: { conversation_id: conversationId }, caller: { userId } }) =>
      getOwnConversation(sql, { conversationId, userId }),
)
