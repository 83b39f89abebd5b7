import { areFriends, listBlockedIds, lockAccounts } from '@secureconnect/directory'
import { limits } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { blocked, limitReached, userNotFound } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents, type EventDraft } from '../log/append-events.ts'
import type { Head } from '../stores/conversation-log.ts'
import { requireRekey } from '../stores/group-state.ts'
import { addMembers, listBusyPeople, type NewMember } from '../stores/members.ts'

/**
 * Holds the accounts of those who are about to share a conversation until the transaction ends: so no block, no erasure
 * and no second request slips in between. To be called before any conversation is locked, because all lock in this order.
 */
export async function holdPeople(
  tx: Transaction,
  { callerId, others }: { callerId: string; others: readonly string[] },
): Promise<void> {
  const everybody = [callerId, ...others]
  const held = await lockAccounts(tx, everybody)
  if (held < everybody.length) throw userNotFound()
}

/** Refuses what would bring people together of whom one blocks the other. */
export async function assertNoBlocks(
  tx: Transaction,
  { callerId, others }: { callerId: string; others: readonly string[] },
): Promise<void> {
  const apart = new Set(await listBlockedIds(tx, callerId))
  if (others.some((userId) => apart.has(userId))) throw blocked()
}

type Admission = {
  /** As it is under its lock. */
  head: Head
  people: readonly NewMember[]
  by: string
  fanOut: FanOut
}

type Newcomers = { type: Head['type']; userIds: readonly string[]; by: string }

/** Refuses people who are in too many conversations; the last of their places in groups are for themselves and friends. */
async function assertPlaces(tx: Transaction, { type, userIds, by }: Newcomers): Promise<void> {
  const { conversationsPerUser, conversationsByStrangers } = limits
  for (const { user_id, conversations } of await listBusyPeople(tx, userIds, conversationsByStrangers)) {
    if (conversations >= conversationsPerUser)
      throw limitReached(`conversations that one person can be in: ${conversationsPerUser}`)
    if (type === 'group' && user_id !== by && !(await areFriends(tx, user_id, by)))
      throw limitReached(`conversations of a person whom others than friends may add: ${conversationsByStrangers}`)
  }
}

/** Lets people into a conversation, and answers the events that tell of it. */
export async function letIn(tx: Transaction, { head, people, by, fanOut }: Admission): Promise<EventDraft[]> {
  const { conversation_id, type, last_seq, message_count, history, is_e2ee_enabled } = head
  const limit = is_e2ee_enabled ? limits.membersPerEncryptedConversation : limits.membersPerConversation
  if (head.member_count + people.length > limit) throw limitReached(`members: ${limit}`)
  // Who left a direct conversation wanted what was said there out of sight.
  const startsHere = is_e2ee_enabled || history === 'joined' || type === 'direct'
  const userIds = people.map(({ userId }) => userId)
  await assertPlaces(tx, { type, userIds, by })
  await addMembers(tx, {
    conversationId: conversation_id,
    people,
    visibleFrom: startsHere ? last_seq + 1 : 1,
    readSeq: last_seq,
    readNumber: message_count,
  })
  const frame = { type: 'conversation.added', conversation_id } as const
  await fanOut.addUserFrames(
    tx,
    userIds.map((userId) => ({ userId, frame })),
  )
  return people.map(({ userId, role }) => {
    const data = { user_id: userId, role, by }
    return { kind: 'member.joined', actor_id: by, data } as const
  })
}

/** Lets people into a conversation, which is the last thing that the transaction does to it. */
export async function admit(tx: Transaction, admission: Admission): Promise<void> {
  const { head, people, fanOut } = admission
  const drafts = await letIn(tx, admission)
  const userIds = people.map(({ userId }) => userId)
  if (head.is_e2ee_enabled) await requireRekey(tx, { conversationId: head.conversation_id, joined: userIds })
  await appendEvents(tx, { head, drafts, fanOut })
}
