import { Emoji, reactions, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../../context.ts'
import { findVisible } from '../../history/find-message.ts'
import { toEmoji } from '../../reactions/to-emoji.ts'
import { listReactors } from '../../stores/reactions.ts'

const Place = Type.Object({
  us: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  id: Uuid,
  emoji: Emoji,
})
const placeCursor = createCursor(Place)

export const listReactions = route(
  reactions.list,
  (context: Pick<Context, 'sql' | 'archive'>) =>
    async ({ params, query: { emoji, cursor, limit }, caller: { userId } }) => {
      const only = emoji === undefined ? undefined : toEmoji(emoji)
      const after = placeCursor.read(cursor)
      const place = await findVisible(context, { messageId: params.message_id, userId })
      const found = await listReactors(context.sql, { ...place, emoji: only, after, rows: rowsForPage(limit) })
      const { rows, ...end } = toPage(found, limit, ({ reacted_us: us, user_id: id, emoji }) =>
        placeCursor.write({ us, id, emoji }),
      )
      return { reactions: rows.map((row) => ({ ...row, reacted_at: row.reacted_at.toISOString() })), ...end }
    },
)
