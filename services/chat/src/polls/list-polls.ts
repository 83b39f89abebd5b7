import type { PageEnd, Poll } from '@secureconnect/protocol'
import { createCursor, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { conversationNotFound } from '../errors.ts'
import { listPolls as listRows } from '../stores/polls.ts'
import type { Viewer } from '../stores/views.ts'
import { toPolls } from './to-polls.ts'

const place = createCursor(Type.Object({ before: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }))

type Asked = Viewer & { cursor: string | undefined; limit: number | undefined; openOnly: boolean }

/** Polls of a conversation that somebody may see, the newest first. */
export async function listPollsFor(
  { sql, readView }: Pick<Context, 'sql' | 'readView'>,
  { conversationId, userId, cursor, limit, openOnly }: Asked,
): Promise<{ polls: Poll[] } & PageEnd> {
  const beforeSeq = place.read(cursor)?.before
  const { floor } = await readView({ conversationId, userId })
  if (floor === null) throw conversationNotFound()
  const found = await listRows(sql, { conversationId, afterSeq: floor, beforeSeq, openOnly, rows: rowsForPage(limit) })
  const { rows, ...end } = toPage(found, limit, ({ seq }) => place.write({ before: seq }))
  return { polls: await toPolls(sql, { rows, userId }), ...end }
}
