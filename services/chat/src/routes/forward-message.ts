import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { forwardMessage as forward } from '../log/forward-message.ts'
import type { SendParts } from '../log/send-message.ts'

export const forwardMessage = route(
  messages.forward,
  (context: SendParts) =>
    ({ body, caller: { userId } }) =>
      forward(context, {
        messageId: body.message_id,
        conversationId: body.conversation_id,
        userId,
        clientId: body.client_id,
      }),
)
