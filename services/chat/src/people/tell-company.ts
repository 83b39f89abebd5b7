import { limits, type ReceiptFrame, type TypingFrame } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { listApart } from '../stores/blocks-between.ts'

type Needed = Pick<Context, 'sql' | 'fanOut'>
type Told = { frame: TypingFrame | ReceiptFrame; memberCount: number }

/** Tells a small conversation what one of its members just does; of two who block one another neither hears of it. */
export async function tellCompany({ sql, fanOut }: Needed, { frame, memberCount }: Told): Promise<void> {
  if (memberCount > limits.smallConversationMembers) return
  const apart = await listApart(sql, { conversationId: frame.conversation_id, userId: frame.user_id })
  fanOut.signal({ frame, apart })
}
