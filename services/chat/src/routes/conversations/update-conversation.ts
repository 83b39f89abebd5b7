import { conversations } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { actIn } from '../../conversations/act-in.ts'
import { assertWellFormed } from '../../conversations/assert-well-formed.ts'
import { getOwnConversation } from '../../conversations/own-conversations.ts'
import { assertMayManage } from '../../conversations/rights.ts'
import { updateConversation as update } from '../../conversations/update-conversation.ts'

export const updateConversation = route(
  conversations.update,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ params, body, caller: { userId } }) => {
      assertWellFormed(body)
      const place = { conversationId: params.conversation_id, userId }
      const hasChanged = await sql.transaction(async (tx) => {
        const { head, own } = await actIn(tx, place)
        assertMayManage(head, own.role)
        return update(tx, { head, changes: body, by: userId, fanOut })
      })
      if (hasChanged) events.conversationUpdated(place)
      return getOwnConversation(sql, place)
    },
)
