import type { Queries } from '@secureconnect/sql'
import { conversationNotFound } from '../errors.ts'
import { findReadPointer, type ReadPointer } from '../stores/read-pointers.ts'
import type { Viewer } from '../stores/views.ts'

/** How far a member has come; for everybody else there is no such conversation. */
export async function getReadPointer(sql: Queries, viewer: Viewer): Promise<ReadPointer> {
  const pointer = await findReadPointer(sql, viewer)
  if (!pointer) throw conversationNotFound()
  return pointer
}
