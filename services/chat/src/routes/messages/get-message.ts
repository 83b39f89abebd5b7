import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { findVisible } from '../../history/find-message.ts'
import { showMessage } from '../../reactions/read-reactions.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'readReactions'>

export const getMessage = route(messages.get, (context: Needed) => async ({ params, caller: { userId } }) => {
  const found = await findVisible(context, { messageId: params.message_id, userId })
  return showMessage(context, found, userId)
})
