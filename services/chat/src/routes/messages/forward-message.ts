import { messages } from '@secureconnect/protocol'
import { readIdempotencyKey, route } from '@secureconnect/service'
import { forwardMessage as forward } from '../../log/forward-message.ts'
import type { SendParts } from '../../log/send-message.ts'

export const forwardMessage = route(
  messages.forward,
  (context: SendParts) =>
    ({ body, caller: { userId }, request }) =>
      forward(context, {
        messageId: body.message_id,
        conversationId: body.conversation_id,
        userId,
        clientId: body.client_id,
        idempotencyKey: readIdempotencyKey(request),
      }),
)
