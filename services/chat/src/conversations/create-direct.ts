import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { findDirect, insertConversation } from '../stores/conversations.ts'
import { findMembership } from '../stores/members.ts'
import { admit, assertNoBlocks, holdPeople } from './admit.ts'
import { lockHead } from './lock-head.ts'
import { toPair } from './pair.ts'

export type NewDirect = { callerId: string; peerId: string; isEncrypted: boolean; fanOut: FanOut }

/** What a request made, or found to be there already. */
export type Made = { conversationId: string; isNew: boolean }

/** Answers the one conversation of two people: it is made, or who left it comes back. */
export async function createDirect(tx: Transaction, direct: NewDirect): Promise<Made> {
  const { callerId, peerId, isEncrypted, fanOut } = direct
  const both = { callerId, others: [peerId] }
  const pair = toPair(callerId, peerId)
  await holdPeople(tx, both)
  const present = await findDirect(tx, pair)
  if (present && (await findMembership(tx, { conversationId: present, userId: callerId })))
    return { conversationId: present, isNew: false }
  await assertNoBlocks(tx, both)
  const comingBack = { userId: callerId, role: 'member' } as const
  if (present) {
    await admit(tx, { head: await lockHead(tx, present), people: [comingBack], by: callerId, fanOut })
    return { conversationId: present, isNew: false }
  }
  const conversationId = await insertConversation(tx, {
    type: 'direct',
    pair,
    title: null,
    createdBy: callerId,
    isEncrypted,
  })
  const people = [
    { userId: callerId, role: 'owner' },
    { userId: peerId, role: 'member' },
  ] as const
  await admit(tx, { head: await lockHead(tx, conversationId), people, by: callerId, fanOut })
  return { conversationId, isNew: true }
}
