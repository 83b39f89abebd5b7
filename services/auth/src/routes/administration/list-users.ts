import { admin, type ManagedUser, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import { findBan } from '../../admin/find-ban.ts'
import type { Context } from '../../context.ts'
import { type ListedUserRow, listManagedUsers } from '../../stores/user-listing.ts'

// It comes back from outside, and the database takes every text but one with a NUL in it.
const cursor = createCursor(
  Type.Object({
    time: Type.Integer({ minimum: 0, maximum: 8e15 }),
    name: Type.String({ pattern: '^[^\\u0000]*$' }),
    id: Uuid,
  }),
)

function toManagedUser(row: ListedUserRow): ManagedUser {
  const { user_id, email, username, display_name, role, status } = row
  return {
    user_id,
    email,
    email_verified: row.email_verified_at !== null,
    username,
    display_name,
    role,
    status,
    ban: findBan(row),
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  }
}

export const listUsers = route(
  admin.listUsers,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ query }) => {
      const { q: search, status, sort = 'created', limit } = query
      const { order = sort === 'username' ? 'asc' : 'desc' } = query
      const found = await listManagedUsers(sql, {
        search,
        status,
        sort,
        isDescending: order === 'desc',
        after: cursor.read(query.cursor),
        rows: rowsForPage(limit),
      })
      events.usersListed()
      const { rows, ...end } = toPage(found, limit, (last) =>
        cursor.write({ time: last.time_key, name: last.name_key, id: last.user_id }),
      )
      return { users: rows.map(toManagedUser), ...end }
    },
)
