import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { readConversation as read } from '../../history/read-conversation.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'fanOut'>

export const readConversation = route(messages.read, (context: Needed) => ({ body, caller }) => {
  const { conversation_id, last_message_id, seq } = body
  return read(context, {
    conversationId: conversation_id,
    userId: caller.userId,
    lastMessageId: last_message_id,
    seq,
  })
})
