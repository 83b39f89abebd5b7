import type { Transaction } from '@secureconnect/sql'
import { assertMember } from '../assert-member.ts'
import type { Head } from '../stores/conversation-log.ts'
import type { Membership } from '../stores/members.ts'
import { lockHead } from './lock-head.ts'

/** A conversation that is locked until the transaction ends, and who acts in it. */
export type Acting = { head: Head; own: Membership }

/** Locks a conversation for one of its members; for all others there is none. */
export async function actIn(tx: Transaction, place: { conversationId: string; userId: string }): Promise<Acting> {
  const head = await lockHead(tx, place.conversationId)
  return { head, own: await assertMember(tx, place) }
}

/** Whether a member may see what has this place: it is neither from before his time nor removed by retention. */
export function maySee({ head, own }: Acting, seq: number): boolean {
  return seq >= own.visible_from && seq > head.history_start_seq
}
