import { type Static, type TSchema, Type } from 'typebox'
import { Nullable } from './fields.ts'
import { limits } from './limits.ts'

/** How a list is asked for; spread it into an operation's query. */
export const pageQuery = {
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.cursorCharacters,
      description: 'From next_cursor of the page before',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: limits.pageItems.max, description: `Without it ${limits.pageItems.usual}` }),
  ),
}

const PageEnd = Type.Object({ next_cursor: Nullable(Type.String()), has_more: Type.Boolean() })
/** How a page tells whether there is another, and where it begins. */
export type PageEnd = Static<typeof PageEnd>

/** A page of a list, its items under a name of their own. */
export function Page<const K extends string, T extends TSchema>(name: K, item: T) {
  const items = { [name]: Type.Array(item) } as Record<K, ReturnType<typeof Type.Array<T>>>
  return Type.Object({ ...items, ...PageEnd.properties })
}
