import { receipts } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { deliver } from '../receipts/deliver.ts'
import { likeOperation, request } from './request.ts'

/** What is asked about receipts beside `read`. */
export function createReceiptRequests(context: Context) {
  return {
    delivered: request(
      'delivered',
      likeOperation(context, receipts.deliver, async ({ frame: { conversation_id, seq }, caller: { userId } }) =>
        deliver(context, { conversationId: conversation_id, userId, seq }),
      ),
    ),
  }
}
