import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { findEnds } from '../log/find-ends.ts'
import { type IndexCursor, listUnindexed, moveCursors, takeCursors } from '../stores/index-state.ts'
import { removeEncrypted, searchIndex } from '../stores/search-entries.ts'
import { toEntries } from './to-entries.ts'

/** Few enough that nobody notices who waits for them to delete a message. */
const eventsPerBatch = 200

type Batch = { conversationIds: readonly string[]; isFull: boolean }

/** As many as have the events of a batch: with all of them each batch would sort all that waits. */
function takeFirst(behind: readonly IndexCursor[]): IndexCursor[] {
  let events = 0
  return behind.filter(({ indexed_seq, last_seq }) => {
    const isTaken = events < eventsPerBatch
    events += last_seq - indexed_seq
    return isTaken
  })
}

/** Brings some events to the search; they, and how far that is, are one transaction, so each counts once. */
async function indexBatch(tx: Transaction, conversationIds: readonly string[]): Promise<Batch> {
  const cursors = await takeCursors(tx, conversationIds)
  const taken = cursors.map(({ conversation_id }) => conversation_id)
  const encrypted = cursors.filter(({ is_e2ee_enabled }) => is_e2ee_enabled).map((cursor) => cursor.conversation_id)
  if (!(await removeEncrypted(tx, encrypted)).isDone) return { conversationIds: taken, isFull: true }
  const behind = cursors.filter(({ indexed_seq, last_seq }) => last_seq > indexed_seq)
  const first = takeFirst(behind)
  const events = await listUnindexed(tx, first, eventsPerBatch)
  const { added, changed } = toEntries(events.filter(({ conversation_id }) => !encrypted.includes(conversation_id)))
  await searchIndex.add(tx, added)
  await searchIndex.change(tx, changed)
  const ends = findEnds(first, events, eventsPerBatch)
  await moveCursors(tx, ends)
  return { conversationIds: taken, isFull: ends.length < behind.length || events.length === eventsPerBatch }
}

/** Brings conversations all the way to the search, and answers those for which that was possible. */
export async function indexConversations(
  { sql }: Pick<Context, 'sql'>,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  while (!signal.aborted) {
    const { conversationIds, isFull } = await sql.background.transaction((tx) => indexBatch(tx, ids))
    if (!isFull) return new Set(conversationIds)
  }
  return new Set()
}
