import { conversations } from '@secureconnect/protocol'
import { route, rowsForPage, toPage } from '@secureconnect/service'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { toParticipants } from '../../conversations/participants.ts'
import { placeCursor } from '../../conversations/place-cursor.ts'
import { listMembers } from '../../stores/members.ts'

export const listParticipants = route(
  conversations.listParticipants,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params, query: { cursor, limit }, caller: { userId } }) => {
      const { conversation_id: conversationId } = params
      const after = placeCursor.read(cursor)
      await assertMember(sql, { conversationId, userId })
      const found = await listMembers(sql, { conversationId, after, rows: rowsForPage(limit) })
      const { rows, ...end } = toPage(found, limit, ({ joined_us: us, user_id: id }) => placeCursor.write({ us, id }))
      return { participants: await toParticipants(sql, rows), ...end }
    },
)
