import { people, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../../context.ts'
import { listRequests, type RequestRow } from '../../stores/friendships.ts'
import { toPublicProfile } from '../../stores/people.ts'

const cursor = createCursor(Type.Object({ id: Uuid }))

function toRequest(row: RequestRow) {
  return { ...toPublicProfile(row), direction: row.direction, requested_at: row.changed_at.toISOString() }
}

export const listFriendRequests = route(
  people.listRequests,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ query, caller }) => {
      const { direction, limit } = query
      const after = cursor.read(query.cursor)
      const found = await listRequests(sql, { userId: caller.userId, direction, after, rows: rowsForPage(limit) })
      const { rows, ...end } = toPage(found, limit, (last) => cursor.write({ id: last.request_id }))
      return { requests: rows.map(toRequest), ...end }
    },
)
