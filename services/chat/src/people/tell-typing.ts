import { assertMember } from '../assert-member.ts'
import type { Context } from '../context.ts'
import { findCompany } from '../stores/conversations.ts'
import { tellCompany } from './tell-company.ts'

type Needed = Pick<Context, 'sql' | 'fanOut'>
type Typing = { conversationId: string; userId: string; isTyping: boolean }

/** Tells a small conversation that one of its members types or stopped. */
export async function tellTyping(context: Needed, { conversationId, userId, isTyping }: Typing): Promise<void> {
  await assertMember(context.sql, { conversationId, userId })
  const company = await findCompany(context.sql, conversationId)
  if (!company) return
  const frame = { type: 'typing', conversation_id: conversationId, user_id: userId, is_typing: isTyping } as const
  await tellCompany(context, { frame, memberCount: company.member_count })
}
