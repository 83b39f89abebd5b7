import { type DeliveryState, limits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { conversationNotFound } from '../errors.ts'
import { findReadPointer } from '../stores/read-pointers.ts'
import { moveDelivered } from '../stores/receipts.ts'
import type { Viewer } from '../stores/views.ts'
import { tellReceipt } from './tell-receipt.ts'

/** Moves on how much has come to somebody, and never back. In a crowd nobody is told, so nothing is kept. */
export async function deliver(
  context: Pick<Context, 'sql' | 'fanOut'>,
  { conversationId, userId, seq: given }: Viewer & { seq: number },
): Promise<DeliveryState> {
  const { sql } = context
  let pointer = await findReadPointer(sql, { conversationId, userId })
  if (!pointer) throw conversationNotFound()
  const seq = Math.min(given, pointer.last_seq)
  const isSmall = pointer.member_count <= limits.smallConversationMembers
  if (isSmall && (await moveDelivered(sql, { conversationId, userId, seq }))) {
    pointer = await findReadPointer(sql, { conversationId, userId })
    if (!pointer) throw conversationNotFound()
    await tellReceipt(context, { conversationId, userId, pointer })
  }
  return { conversation_id: conversationId, delivered_seq: pointer.delivered_seq }
}
