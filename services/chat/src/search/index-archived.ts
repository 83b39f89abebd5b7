import { repeat, tellFailure } from '@secureconnect/service'
import type { ArchivePage } from '../archive/archive.ts'
import type { Context } from '../context.ts'
import { applyEvents } from '../history/apply-event.ts'
import { listChanges } from '../stores/logged-messages.ts'
import { searchIndex } from '../stores/search-entries.ts'
import { holdUnsearched, listUnsearched, moveUnsearched, type Unsearched } from '../stores/unsearched.ts'
import { toArchivedEntries } from './to-entries.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'log'>

const name = 'search of archived messages'
const everyMs = 2_000
/** So that whoever searches and sends meanwhile does not notice. */
const conversationsPerPass = 20
/** Few enough that nobody notices who waits for them to delete a message. */
const messagesPerBatch = 200
const lowestId = '00000000-0000-0000-0000-000000000000'

/** What is left of a conversation once a page of its archived messages is in the search. */
function findRest({ messages, cutAt }: ArchivePage, rows: number): number {
  const last = messages.length === rows ? messages.at(-1)?.seq : cutAt
  return last === undefined ? 0 : last - 1
}

/**
 * Brings the newest of a conversation's archived messages to the search that are not there, and notes in the same
 * transaction how far that is. What has happened to them since the archive was read is in the log.
 */
export async function indexArchived(
  { sql, archive }: Pick<Needed, 'sql' | 'archive'>,
  seen: Unsearched,
  rows = messagesPerBatch,
): Promise<void> {
  const { conversation_id: conversationId, history_start_seq: afterSeq, unsearched_seq: throughSeq } = seen
  const page = seen.is_e2ee_enabled
    ? { messages: [] }
    : await archive.list({ conversationId, afterSeq, throughSeq, order: 'newest', rows })
  const seqs = page.messages.map(({ seq }) => seq)
  await sql.background.transaction(async (tx) => {
    const held = await holdUnsearched(tx, conversationId)
    // Another process was faster, or the log has let go of what the archive did not have yet when it was read.
    if (!held || held.unsearched_seq !== throughSeq || held.log_start > seen.archived_seq) return
    const messages = applyEvents(page.messages, await listChanges(tx, { conversationId, seqs }))
    const kept = messages.filter(({ seq }) => seq > held.history_start_seq && !held.is_e2ee_enabled)
    await searchIndex.add(tx, toArchivedEntries(kept))
    await moveUnsearched(tx, conversationId, findRest(page, rows))
  })
}

/** Makes findable, once and little by little, what left the logs before there was a search. */
export function indexArchive({ sql, archive, log }: Needed): AsyncDisposable {
  let after = lowestId
  const work = async (signal: AbortSignal) => {
    if (!archive.isAvailable) return
    const found = await listUnsearched(sql.background, after, conversationsPerPass)
    for (const one of found) {
      if (signal.aborted) return
      await indexArchived({ sql, archive }, one).catch((error) => tellFailure({ name, log }, error))
    }
    // The next pass goes on behind these, so that none keeps the others from their turn.
    after = (found.length === conversationsPerPass ? found.at(-1)?.conversation_id : undefined) ?? lowestId
  }
  return repeat({ name, everyMs, log, work })
}
