import type { Context } from './context.ts'
import { repeat } from './repeat.ts'
import type { Pending } from './stores/archive-state.ts'
import { loadNow } from './stores/logged-messages.ts'

const everyMs = 1_000
const conversationsPerPass = 200
/** Transactions that were under way when we last looked are seen for so long. */
const slackMs = 10_000

type Following = Pick<Context, 'sql' | 'log'> & {
  name: string
  /** Conversations that changed since some time and are behind, those that wait longest first. */
  listPending: (changes: { since: Date; rows: number }) => Promise<Pending[]>
  /** Brings conversations all the way on, and answers those for which that was possible. */
  bringOn: (conversationIds: readonly string[], signal: AbortSignal) => Promise<Set<string>>
}

/** Brings what happens in conversations somewhere within a second or two, and all that waited once that is possible. */
export function followChanges({ name, sql, log, listPending, bringOn }: Following): AsyncDisposable {
  let since = new Date(0)

  async function pass(signal: AbortSignal): Promise<{ isFull: boolean }> {
    const now = await loadNow(sql.background)
    const rows = conversationsPerPass
    const pending = await listPending({ since: new Date(since.getTime() - slackMs), rows })
    const ids = pending.map(({ conversation_id }) => conversation_id)
    const done = ids.length > 0 ? await bringOn(ids, signal) : new Set<string>()
    const isFull = pending.length === rows
    const left = pending.find(({ conversation_id }) => !done.has(conversation_id))
    since = left?.changed_at ?? (isFull ? pending.at(-1)?.changed_at : undefined) ?? now
    return { isFull: isFull && left === undefined }
  }

  const work = async (signal: AbortSignal) => {
    while (!signal.aborted && (await pass(signal)).isFull);
  }
  return repeat({ name, everyMs, log, work })
}
