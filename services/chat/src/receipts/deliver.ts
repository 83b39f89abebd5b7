import { type DeliveryState, limits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { moveDelivered } from '../stores/read-pointers.ts'
import type { Viewer } from '../stores/views.ts'
import { getReadPointer } from './get-read-pointer.ts'
import { tellReceipt } from './tell-receipt.ts'

/** Moves on how much has come to somebody, and never back. In a crowd nobody is told, so nothing is kept. */
export async function deliver(
  context: Pick<Context, 'sql' | 'fanOut'>,
  { conversationId, userId, seq: given }: Viewer & { seq: number },
): Promise<DeliveryState> {
  const { sql } = context
  const pointer = await getReadPointer(sql, { conversationId, userId })
  const seq = Math.min(given, pointer.last_seq)
  const isNews = seq > pointer.delivered_seq && pointer.member_count <= limits.smallConversationMembers
  const moved = isNews ? await moveDelivered(sql, { conversationId, userId, seq }) : undefined
  if (moved) await tellReceipt(context, { conversationId, userId, pointer: { ...pointer, ...moved } })
  // Another device was faster, and farther.
  const now = moved ?? (isNews ? await getReadPointer(sql, { conversationId, userId }) : pointer)
  return { conversation_id: conversationId, delivered_seq: now.delivered_seq }
}
