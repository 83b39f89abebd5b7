import { receipts } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { deliver } from '../../receipts/deliver.ts'

export const tellDelivered = route(
  receipts.deliver,
  (context: Pick<Context, 'sql' | 'fanOut'>) =>
    ({ body: { conversation_id: conversationId, seq }, caller: { userId } }) =>
      deliver(context, { conversationId, userId, seq }),
)
