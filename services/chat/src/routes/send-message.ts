import { messages } from '@secureconnect/protocol'
import { readIdempotencyKey, route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { createDraft } from '../log/draft.ts'
import { sendMessage as send } from '../log/send-message.ts'

export const sendMessage = route(
  messages.send,
  (context: Pick<Context, 'sql' | 'archive' | 'lanes' | 'events'>) =>
    ({ body, caller: { userId }, request }) =>
      send(context, createDraft({ body, senderId: userId, idempotencyKey: readIdempotencyKey(request) })),
)
