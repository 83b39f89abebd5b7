import { conversations } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { actIn } from '../../conversations/act-in.ts'
import { deleteGroup } from '../../conversations/delete-group.ts'
import { depart } from '../../conversations/depart.ts'
import { notAllowed } from '../../errors.ts'

export const deleteConversation = route(
  conversations.delete,
  ({ sql, fanOut, kv, events }: Pick<Context, 'sql' | 'fanOut' | 'kv' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const place = { conversationId: params.conversation_id, userId }
      await sql.transaction(async (tx) => {
        const { head, own } = await actIn(tx, place)
        if (head.type === 'direct') return depart(tx, { head, leaving: own, by: userId, reason: 'left', fanOut, kv })
        if (own.role !== 'owner') throw notAllowed('Only the owner of a group may end it.')
        return deleteGroup(tx, { head, fanOut, kv })
      })
      events.conversationDeleted(place)
      return { message: 'You are no longer in this conversation.' }
    },
)
