import type { Made } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { insertConversation } from '../stores/conversations.ts'
import type { NewMember } from '../stores/members.ts'
import { admit, assertNoBlocks, holdPeople } from './admit.ts'
import { lockHead } from './lock-head.ts'

export type NewGroup = {
  callerId: string
  others: readonly string[]
  title: string | undefined
  isEncrypted: boolean
  fanOut: FanOut
}

/** Makes a group, whose owner is whoever makes it. */
export async function createGroup(tx: Transaction, group: NewGroup): Promise<Made> {
  const { callerId, others, title = null, isEncrypted, fanOut } = group
  await holdPeople(tx, { callerId, others })
  await assertNoBlocks(tx, { callerId, others })
  const conversationId = await insertConversation(tx, {
    type: 'group',
    pair: null,
    title,
    createdBy: callerId,
    isEncrypted,
  })
  const members = others.map((userId): NewMember => ({ userId, role: 'member' }))
  const people: NewMember[] = [{ userId: callerId, role: 'owner' }, ...members]
  await admit(tx, { head: await lockHead(tx, conversationId), people, by: callerId, fanOut })
  return { id: conversationId, isNew: true }
}
