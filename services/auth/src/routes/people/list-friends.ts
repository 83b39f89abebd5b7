import { people } from '@secureconnect/protocol'
import { route, rowsForPage, toPage } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { usernameCursor } from '../../people/by-username.ts'
import { type FriendRow, listFriends as loadFriends } from '../../stores/friendships.ts'
import { toPublicProfile } from '../../stores/people.ts'

function toFriend(row: FriendRow) {
  return { ...toPublicProfile(row), friends_since: row.changed_at.toISOString() }
}

export const listFriends = route(people.listFriends, ({ sql }: Pick<Context, 'sql'>) => async ({ query, caller }) => {
  const { cursor, limit } = query
  const after = usernameCursor.read(cursor)
  const found = await loadFriends(sql, { userId: caller.userId, after, rows: rowsForPage(limit) })
  const { rows, ...end } = toPage(found, limit, (last) => usernameCursor.write({ key: last.username_key }))
  return { friends: rows.map(toFriend), ...end }
})
