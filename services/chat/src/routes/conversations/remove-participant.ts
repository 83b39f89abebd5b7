import { conversations } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { type Acting, actIn } from '../../conversations/act-in.ts'
import { depart } from '../../conversations/depart.ts'
import { assertMayChangeMembers, outranks } from '../../conversations/rights.ts'
import { notAllowed, userNotFound } from '../../errors.ts'
import { findMembership, type Membership } from '../../stores/members.ts'

function assertMayRemove({ head, own }: Acting, leaving: Membership): void {
  assertMayChangeMembers(head, own.role)
  if (!outranks(own.role, leaving.role)) throw notAllowed('This member has no lower role than you.')
}

export const removeParticipant = route(
  conversations.removeParticipant,
  ({ sql, fanOut, kv, events }: Pick<Context, 'sql' | 'fanOut' | 'kv' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const { conversation_id: conversationId, user_id: targetId } = params
      const reason = targetId === userId ? 'left' : 'removed'
      await sql.transaction(async (tx) => {
        const { head, own } = await actIn(tx, { conversationId, userId })
        const leaving = await findMembership(tx, { conversationId, userId: targetId })
        if (!leaving) throw userNotFound()
        if (reason === 'removed') assertMayRemove({ head, own }, leaving)
        await depart(tx, { head, leaving, by: userId, reason, fanOut, kv })
      })
      events.participantRemoved({ conversationId, userId, targetId })
      return { message: reason === 'left' ? 'You left this conversation.' : 'This person is no longer a member.' }
    },
)
