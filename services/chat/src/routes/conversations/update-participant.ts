import { conversations, type MemberRole } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { actIn } from '../../conversations/act-in.ts'
import { toParticipants } from '../../conversations/participants.ts'
import { assertMayManage } from '../../conversations/rights.ts'
import { notAllowed, userNotFound } from '../../errors.ts'
import type { FanOut } from '../../fan-out/fan-out.ts'
import { appendEvents } from '../../log/append-events.ts'
import { findMembership, listMembersAmong, setRole } from '../../stores/members.ts'

type Change = { conversationId: string; userId: string; targetId: string; role: MemberRole; fanOut: FanOut }

/** Changes a role, and answers whether it was another one. There is one owner: who hands that on becomes an admin. */
async function change(tx: Transaction, { conversationId, userId, targetId, role, fanOut }: Change): Promise<boolean> {
  const { head, own } = await actIn(tx, { conversationId, userId })
  assertMayManage(head, own.role)
  if (own.role !== 'owner') throw notAllowed('Only the owner of a group may change roles.')
  const target = await findMembership(tx, { conversationId, userId: targetId })
  if (!target) throw userNotFound()
  if (target.role === role) return false
  if (targetId === userId) throw notAllowed('Make somebody else the owner first.')
  const changes: { user_id: string; role: MemberRole }[] = [{ user_id: targetId, role }]
  if (role === 'owner') changes.push({ user_id: userId, role: 'admin' })
  for (const { user_id, role } of changes) await setRole(tx, { conversationId, userId: user_id, role })
  const drafts = changes.map((member) => {
    const data = { by: userId, member }
    return { kind: 'conversation.updated', actor_id: userId, data } as const
  })
  await appendEvents(tx, { head, drafts, fanOut })
  return true
}

export const updateParticipant = route(
  conversations.updateParticipant,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ params, body: { role }, caller: { userId } }) => {
      const { conversation_id: conversationId, user_id: targetId } = params
      const hasChanged = await sql.transaction((tx) => change(tx, { conversationId, userId, targetId, role, fanOut }))
      if (hasChanged) events.roleChanged({ conversationId, userId, targetId, role })
      const members = await listMembersAmong(sql, { conversationId, userIds: [targetId] })
      const [participant] = await toParticipants(sql, members)
      if (!participant) throw userNotFound()
      return participant
    },
)
