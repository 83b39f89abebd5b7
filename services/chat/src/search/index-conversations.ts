import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { listUnindexed, moveCursors, takeCursors } from '../stores/index-state.ts'
import { removeEncrypted, searchIndex } from '../stores/search-entries.ts'
import { toEntries } from './to-entries.ts'

/** Few enough that nobody notices who waits for them to delete a message. */
const eventsPerBatch = 200

type Batch = { conversationIds: readonly string[]; isFull: boolean }

/** Brings some events to the search; they, and how far that is, are one transaction, so each counts once. */
async function indexBatch(tx: Transaction, conversationIds: readonly string[]): Promise<Batch> {
  const cursors = await takeCursors(tx, conversationIds)
  const taken = cursors.map(({ conversation_id }) => conversation_id)
  const encrypted = cursors.filter(({ is_e2ee_enabled }) => is_e2ee_enabled).map((cursor) => cursor.conversation_id)
  if (!(await removeEncrypted(tx, encrypted)).isDone) return { conversationIds: taken, isFull: true }
  const events = await listUnindexed(tx, cursors, eventsPerBatch)
  const { added, changed } = toEntries(events.filter(({ conversation_id }) => !encrypted.includes(conversation_id)))
  await searchIndex.add(tx, added)
  await searchIndex.change(tx, changed)
  const newest = new Map(events.map(({ conversation_id, seq }) => [conversation_id, seq]))
  await moveCursors(
    tx,
    [...newest].map(([conversation_id, indexed_seq]) => ({ conversation_id, indexed_seq })),
  )
  return { conversationIds: taken, isFull: events.length === eventsPerBatch }
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
