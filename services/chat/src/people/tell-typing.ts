import { limits } from '@secureconnect/protocol'
import { assertMember } from '../assert-member.ts'
import type { Context } from '../context.ts'
import { listApart } from '../stores/blocks-between.ts'
import { findCompany } from '../stores/conversations.ts'

type Needed = Pick<Context, 'sql' | 'fanOut'>
type Typing = { conversationId: string; userId: string; isTyping: boolean }

/** Tells a small conversation that one of its members types or stopped; of two who block one another neither hears of it. */
export async function tellTyping({ sql, fanOut }: Needed, { conversationId, userId, isTyping }: Typing): Promise<void> {
  await assertMember(sql, { conversationId, userId })
  const company = await findCompany(sql, conversationId)
  if (!company || company.member_count > limits.smallConversationMembers) return
  const frame = { type: 'typing', conversation_id: conversationId, user_id: userId, is_typing: isTyping } as const
  fanOut.signal(conversationId, { frame, apart: await listApart(sql, { conversationId, userId }) })
}
