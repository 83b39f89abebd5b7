import { limits, people } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../../context.ts'
import { searchTooShort } from '../../people/errors.ts'
import { foldText } from '../../people/search-words.ts'
import { searchPeople, toPublicProfile } from '../../stores/people.ts'

const cursor = createCursor(
  Type.Object({ place: Type.Integer({ minimum: 0, maximum: 1 }), key: Type.String({ pattern: '^[a-z0-9_.-]+$' }) }),
)

export const searchUsers = route(people.search, ({ sql }: Pick<Context, 'sql'>) => async ({ query, caller }) => {
  const { q, limit } = query
  const sought = foldText(q)
  if ([...sought].length < limits.peopleSearchCharacters.min) throw searchTooShort()
  const after = cursor.read(query.cursor)
  const found = await searchPeople(sql, { sought, callerId: caller.userId, after, rows: rowsForPage(limit) })
  const { rows, ...end } = toPage(found, limit, ({ place, username_key: key }) => cursor.write({ place, key }))
  return { users: rows.map(toPublicProfile), ...end }
})
