import type { Queries } from '@secureconnect/sql'
import { conversationNotFound } from './errors.ts'
import { findMembership, type Membership } from './stores/members.ts'

/** The one check of who may see a conversation: to all but its members there is none. */
export async function assertMember(
  sql: Queries,
  place: { conversationId: string; userId: string },
): Promise<Membership> {
  const membership = await findMembership(sql, place)
  if (!membership) throw conversationNotFound()
  return membership
}
