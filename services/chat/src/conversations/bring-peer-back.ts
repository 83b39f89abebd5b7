import type { Context } from '../context.ts'
import { userNotFound } from '../errors.ts'
import { peerOf } from '../log/peer-of.ts'
import { findCompany } from '../stores/conversations.ts'
import { findMembership } from '../stores/members.ts'
import { actIn } from './act-in.ts'
import { admit, assertNoBlocks, holdPeople } from './admit.ts'

/** Brings back who left a direct conversation, because the other one writes to him: nobody talks to himself unawares. */
export async function bringPeerBack(
  { sql, fanOut }: Pick<Context, 'sql' | 'fanOut'>,
  place: { conversationId: string; userId: string },
): Promise<void> {
  const { conversationId, userId } = place
  const company = await findCompany(sql, conversationId)
  const peerId = company && peerOf(company, userId)
  if (!peerId) throw userNotFound()
  await sql.transaction(async (tx) => {
    const both = { callerId: userId, others: [peerId] }
    await holdPeople(tx, both)
    await assertNoBlocks(tx, both)
    const { head } = await actIn(tx, place)
    if (await findMembership(tx, { conversationId, userId: peerId })) return
    await admit(tx, { head, people: [{ userId: peerId, role: 'member' }], by: userId, fanOut })
  })
}
