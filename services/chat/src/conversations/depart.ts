import type { Kv } from '@secureconnect/kv'
import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents, type EventDraft } from '../log/append-events.ts'
import type { Head } from '../stores/conversation-log.ts'
import { requireRekey } from '../stores/group-state.ts'
import { endMemberships, findSuccessor, type Membership, setRole } from '../stores/members.ts'
import { endConversation } from './end-conversation.ts'

export type Departure = {
  /** As it is under its lock. */
  head: Head
  leaving: Pick<Membership, 'user_id' | 'role'>
  /** Nobody, where the account is being erased. */
  by: string | null
  reason: 'left' | 'removed' | 'erased'
  fanOut: FanOut
  kv: Pick<Kv, 'publish'>
}

/** A group whose owner goes is the longest-standing admin's, or member's, from then on. */
async function passOnOwnership(
  tx: Transaction,
  { head, leaving, by }: Pick<Departure, 'head' | 'leaving' | 'by'>,
): Promise<EventDraft[]> {
  if (head.type === 'direct' || leaving.role !== 'owner') return []
  const successor = await findSuccessor(tx, head.conversation_id)
  if (!successor) return []
  const owner = { conversationId: head.conversation_id, userId: successor.user_id, role: 'owner' } as const
  await setRole(tx, owner)
  const member = { user_id: owner.userId, role: owner.role }
  return [{ kind: 'conversation.updated', actor_id: by, data: { by, member } }]
}

/** Ends somebody's membership, and answers the events that tell of it. */
export async function letGo(tx: Transaction, departure: Omit<Departure, 'kv'>): Promise<EventDraft[]> {
  const { head, leaving, by, reason, fanOut } = departure
  const { conversation_id } = head
  const userId = leaving.user_id
  await endMemberships(tx, { conversationId: conversation_id, userIds: [userId] })
  const frame = { type: 'conversation.removed', conversation_id } as const
  await fanOut.addUserFrames(tx, [{ userId, frame }])
  const left: EventDraft = { kind: 'member.left', actor_id: by, data: { user_id: userId, by, reason } }
  return [left, ...(await passOnOwnership(tx, departure))]
}

/** Ends somebody's membership, which is the last thing that the transaction does to its conversation. */
export async function depart(tx: Transaction, departure: Departure): Promise<void> {
  const { head, leaving, fanOut, kv } = departure
  const drafts = await letGo(tx, departure)
  const { conversation_id: conversationId } = head
  if (head.is_e2ee_enabled) await requireRekey(tx, { conversationId, departed: leaving.user_id })
  if (head.member_count === 1) await endConversation(tx, head, kv)
  await appendEvents(tx, { head, drafts, fanOut })
}
