import { conversations } from '@secureconnect/protocol'
import { route, rowsForPage, toPage } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { toOwnConversations } from '../../conversations/own-conversations.ts'
import { placeCursor } from '../../conversations/place-cursor.ts'
import { listOwn } from '../../stores/own-conversations.ts'

export const listConversations = route(
  conversations.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ query: { cursor, limit }, caller: { userId } }) => {
      const found = await listOwn(sql, { userId, after: placeCursor.read(cursor), rows: rowsForPage(limit) })
      const { rows, ...end } = toPage(found, limit, ({ active_us: us, conversation_id: id }) =>
        placeCursor.write({ us, id }),
      )
      return { conversations: await toOwnConversations(sql, { rows, userId }), ...end }
    },
)
