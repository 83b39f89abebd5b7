import { AppError } from '@secureconnect/errors'
import { limits, type PageEnd } from '@secureconnect/protocol'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** Where a page ended, as text that clients hand back and do not look into. */
export type Cursor<T> = {
  /** Undefined for the first page; text that is not one of ours throws INVALID_CURSOR. */
  read: (text: string | undefined) => T | undefined
  write: (place: T) => string
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** A cursor that holds what the schema says: the sort keys of the last item. */
export function createCursor<T extends TSchema>(schema: T): Cursor<Static<T>> {
  const check = Compile(schema)
  return {
    read(text) {
      if (text === undefined) return undefined
      const place = parse(text)
      if (!check.Check(place))
        throw new AppError('INVALID_CURSOR', 'This cursor is not one of ours: start without one.')
      return place
    },
    write: (place) => Buffer.from(JSON.stringify(place)).toString('base64url'),
  }
}

/** How many rows to read for a page: one more than it holds, which tells whether another follows. */
export function rowsForPage(limit: number | undefined): number {
  return (limit ?? limits.pageItems.usual) + 1
}

/** Cuts what `rowsForPage` read to the page. */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number | undefined,
  toCursor: (last: Row) => string,
): { rows: readonly Row[] } & PageEnd {
  const page = rows.slice(0, limit ?? limits.pageItems.usual)
  const last = page.at(-1)
  const hasMore = rows.length > page.length
  return { rows: page, has_more: hasMore, next_cursor: hasMore && last !== undefined ? toCursor(last) : null }
}
