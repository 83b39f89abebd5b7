import { receipts } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { listReceiptsFor } from '../../receipts/list-receipts.ts'

export const listConversationReceipts = route(
  receipts.listOfConversation,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params: { conversation_id: conversationId }, caller: { userId } }) => ({
      receipts: await listReceiptsFor(sql, { conversationId, userId }),
    }),
)
