import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { findVisible } from '../history/find-message.ts'
import { toMessage } from '../log/to-message.ts'

type Needed = Pick<Context, 'sql' | 'archive'>

export const getMessage = route(
  messages.get,
  (context: Needed) =>
    async ({ params, caller }) =>
      toMessage(await findVisible(context, { messageId: params.message_id, userId: caller.userId })),
)
