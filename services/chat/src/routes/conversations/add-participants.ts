import { conversations } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { actIn } from '../../conversations/act-in.ts'
import { admit, assertNoBlocks, holdPeople } from '../../conversations/admit.ts'
import { toParticipants } from '../../conversations/participants.ts'
import { assertMayChangeMembers } from '../../conversations/rights.ts'
import type { FanOut } from '../../fan-out/fan-out.ts'
import { listMembersAmong } from '../../stores/members.ts'

type Adding = { conversationId: string; userId: string; userIds: readonly string[]; fanOut: FanOut }

/** Adds those who are not in it yet, and answers how many these were. */
async function add(tx: Transaction, { conversationId, userId, userIds, fanOut }: Adding): Promise<number> {
  const others = userIds.filter((id) => id !== userId)
  await holdPeople(tx, { callerId: userId, others })
  const { head, own } = await actIn(tx, { conversationId, userId })
  assertMayChangeMembers(head, own.role)
  const present = await listMembersAmong(tx, { conversationId, userIds: others })
  const absent = new Set(others).difference(new Set(present.map(({ user_id }) => user_id)))
  await assertNoBlocks(tx, { callerId: userId, others: [...absent] })
  const people = [...absent].map((id) => ({ userId: id, role: 'member' }) as const)
  if (people.length > 0) await admit(tx, { head, people, by: userId, fanOut })
  return people.length
}

export const addParticipants = route(
  conversations.addParticipants,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ params, body: { user_ids: userIds }, caller: { userId } }) => {
      const place = { conversationId: params.conversation_id, userId }
      // A stranger hears that there is no such conversation before anything else, and holds nobody's account.
      await assertMember(sql, place)
      const added = await sql.transaction((tx) => add(tx, { ...place, userIds, fanOut }))
      if (added > 0) events.participantsAdded({ ...place, count: added })
      const members = await listMembersAmong(sql, { conversationId: place.conversationId, userIds })
      return { participants: await toParticipants(sql, members) }
    },
)
