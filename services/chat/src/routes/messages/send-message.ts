import { messages } from '@secureconnect/protocol'
import { readIdempotencyKey, route } from '@secureconnect/service'
import { createDraft } from '../../log/draft.ts'
import { type SendParts, sendMessage as send } from '../../log/send-message.ts'

export const sendMessage = route(
  messages.send,
  (context: SendParts) =>
    ({ body, caller: { userId }, request }) =>
      send(context, createDraft({ body, senderId: userId, idempotencyKey: readIdempotencyKey(request) })),
)
