import type { Queries } from '@secureconnect/sql'
import type { Archive, ArchivePage, ArchiveRange } from '../archive/archive.ts'
import { historyUnavailable } from '../errors.ts'
import { findMarks } from '../stores/archive-state.ts'
import { listChanges, listMessages } from '../stores/logged-messages.ts'
import { applyEvents } from './apply-event.ts'

type History = { sql: Queries; archive: Pick<Archive, 'list'> }

const attempts = 3

/** The part of a range that left the log, as it is now. */
async function loadArchived({ sql, archive }: History, range: ArchiveRange): Promise<ArchivePage> {
  const { conversationId, afterSeq, order } = range
  for (let attempt = 0; attempt < attempts; attempt++) {
    const marks = await findMarks(sql, conversationId)
    const throughSeq = Math.min(range.throughSeq, marks.log_start)
    if (throughSeq <= afterSeq) return { messages: [] }
    const page = await archive.list({ ...range, throughSeq })
    const seqs = page.messages.map(({ seq }) => seq)
    const changes = await listChanges(sql, { conversationId, seqs })
    const { log_start } = await findMarks(sql, conversationId)
    // What left the log meanwhile had not come to the archive when that was read: then a change may be in neither.
    if (log_start > marks.archived_seq) continue
    const messages = applyEvents(page.messages, changes)
    return { ...page, messages: order === 'newest' ? messages.reverse() : messages }
  }
  throw historyUnavailable(new Error(`The log of ${conversationId} moved away ${attempts} times while it was read`))
}

type PageOf<Place> = Place & { conversationId: string; rows: number }

/** The newest messages before a seq, newest first, from log and archive together. */
export async function loadBefore(
  context: History,
  { conversationId, afterSeq, beforeSeq, rows }: PageOf<{ afterSeq: number; beforeSeq: number }>,
): Promise<ArchivePage> {
  const range = { conversationId, afterSeq, throughSeq: beforeSeq - 1, order: 'newest', rows } as const
  const logged = applyEvents([], await listMessages(context.sql, range)).reverse()
  if (logged.length === rows) return { messages: logged }
  const throughSeq = (logged.at(-1)?.seq ?? beforeSeq) - 1
  const older = await loadArchived(context, { ...range, throughSeq, rows: rows - logged.length })
  return { ...older, messages: [...logged, ...older.messages] }
}

/** The first messages after a seq, oldest first, from log and archive together. */
export async function loadAfter(
  context: History,
  { conversationId, afterSeq, rows }: PageOf<{ afterSeq: number }>,
): Promise<ArchivePage> {
  const range = { conversationId, afterSeq, throughSeq: Number.MAX_SAFE_INTEGER, order: 'oldest', rows } as const
  // The log comes first: what it loses meanwhile is found in the archive, and the other way round it would be missed.
  const logged = applyEvents([], await listMessages(context.sql, range))
  const older = await loadArchived(context, range)
  if (older.cutAt !== undefined) return older
  const lastArchived = older.messages.at(-1)?.seq ?? afterSeq
  const newer = logged.filter(({ seq }) => seq > lastArchived)
  return { messages: [...older.messages, ...newer].slice(0, rows) }
}
