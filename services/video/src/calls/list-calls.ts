import { findOwnConversation } from '@secureconnect/directory'
import { type calls, type QueryOf, Uuid } from '@secureconnect/protocol'
import { createCursor, rowsForPage, toPage } from '@secureconnect/service'
import type { Queries } from '@secureconnect/sql'
import { Type } from 'typebox'
import { conversationNotFound } from '../errors.ts'
import { listCallsIn, listOwnCalls } from '../stores/call-lists.ts'
import { toCall } from './to-call.ts'

const place = createCursor(Type.Object({ call_id: Uuid }))

/** A page of the calls of one conversation, or of all that somebody had to do with. */
export async function listCalls(sql: Queries, userId: string, query: QueryOf<typeof calls.list>) {
  const { conversation_id: conversationId, status, cursor, limit } = query
  const page = { userId, status, after: place.read(cursor)?.call_id, rows: rowsForPage(limit) }
  if (conversationId !== undefined && !(await findOwnConversation(sql, { conversationId, userId })))
    throw conversationNotFound()
  const found = await (conversationId === undefined
    ? listOwnCalls(sql, page)
    : listCallsIn(sql, { ...page, conversationId }))
  const { rows, ...end } = toPage(found, limit, ({ call_id }) => place.write({ call_id }))
  return { calls: rows.map((row) => toCall(row, row)), ...end }
}
