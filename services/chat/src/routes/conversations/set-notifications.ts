import { conversations } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { getOwnConversation } from '../../conversations/own-conversations.ts'
import { saveNotifications } from '../../stores/members.ts'

export const setNotifications = route(
  conversations.setNotifications,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params, body: { level, until = null }, caller: { userId } }) => {
      const place = { conversationId: params.conversation_id, userId }
      await assertMember(sql, place)
      await saveNotifications(sql, { ...place, level, until: until === null ? null : new Date(until) })
      return getOwnConversation(sql, place)
    },
)
