import { limits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { ReadPointer } from '../stores/read-pointers.ts'
import { listReceiptsApart } from '../stores/receipts.ts'
import type { Viewer } from '../stores/views.ts'

/** Tells a small conversation how far one of its members has come; what he keeps to himself only his own devices hear. */
export async function tellReceipt(
  { sql, fanOut }: Pick<Context, 'sql' | 'fanOut'>,
  { conversationId, userId, pointer }: Viewer & { pointer: ReadPointer },
): Promise<void> {
  const { delivered_seq, read_seq, member_count } = pointer
  if (member_count > limits.smallConversationMembers) return
  const apart = await listReceiptsApart(sql, { conversationId, userId })
  const receipt = { user_id: userId, delivered_seq, read_seq }
  fanOut.signal(conversationId, { receipt, apart })
}
