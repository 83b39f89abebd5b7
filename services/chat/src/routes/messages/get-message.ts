import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { messageNotFound } from '../../errors.ts'
import { findVisible } from '../../history/find-message.ts'
import { toMessage } from '../../log/to-message.ts'
import { withReactions } from '../../reactions/read-reactions.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'readReactions'>

export const getMessage = route(messages.get, (context: Needed) => async ({ params, caller: { userId } }) => {
  const found = await findVisible(context, { messageId: params.message_id, userId })
  const { conversationId } = found
  const [message] = await withReactions(context, { conversationId, userId, messages: [toMessage(found)] })
  if (!message) throw messageNotFound()
  return message
})
