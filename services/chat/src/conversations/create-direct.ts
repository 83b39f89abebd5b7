import type { Made } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { findDirect, insertConversation } from '../stores/conversations.ts'
import { findMembership } from '../stores/members.ts'
import { admit, assertNoBlocks, holdPeople } from './admit.ts'
import { lockHead } from './lock-head.ts'
import { toPair } from './pair.ts'

export type NewDirect = { callerId: string; peerId: string; isEncrypted: boolean; fanOut: FanOut }

/** Answers the one conversation of two people: it is made, or who left it comes back. */
export async function createDirect(tx: Transaction, direct: NewDirect): Promise<Made> {
  const { callerId, peerId, isEncrypted, fanOut } = direct
  const both = { callerId, others: [peerId] }
  const pair = toPair(callerId, peerId)
  await holdPeople(tx, both)
  const present = await findDirect(tx, pair)
  if (present && (await findMembership(tx, { conversationId: present, userId: callerId })))
    return { id: present, isNew: false }
  await assertNoBlocks(tx, both)
  const comingBack = { userId: callerId, role: 'member' } as const
  if (present) {
    await admit(tx, { head: await lockHead(tx, present), people: [comingBack], by: callerId, fanOut })
    return { id: present, isNew: false }
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
  return { id: conversationId, isNew: true }
}
