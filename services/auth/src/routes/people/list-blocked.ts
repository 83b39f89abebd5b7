import { people } from '@secureconnect/protocol'
import { route, rowsForPage, toPage } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { usernameCursor } from '../../people/by-username.ts'
import { type BlockRow, listBlocks } from '../../stores/blocks.ts'
import { toPublicProfile } from '../../stores/people.ts'

function toBlocked(row: BlockRow) {
  return { ...toPublicProfile(row), reason: row.reason, blocked_at: row.blocked_at.toISOString() }
}

export const listBlocked = route(people.listBlocked, ({ sql }: Pick<Context, 'sql'>) => async ({ query, caller }) => {
  const { cursor, limit } = query
  const after = usernameCursor.read(cursor)
  const found = await listBlocks(sql, { userId: caller.userId, after, rows: rowsForPage(limit) })
  const { rows, ...end } = toPage(found, limit, (last) => usernameCursor.write({ key: last.username_key }))
  return { blocked_users: rows.map(toBlocked), ...end }
})
