import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { forwardMessage as forward } from '../log/forward-message.ts'

export const forwardMessage = route(
  messages.forward,
  (context: Pick<Context, 'sql' | 'archive' | 'lanes' | 'events'>) =>
    ({ body, caller: { userId } }) =>
      forward(context, {
        messageId: body.message_id,
        conversationId: body.conversation_id,
        userId,
        clientId: body.client_id,
      }),
)
