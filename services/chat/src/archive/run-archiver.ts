import type { Context } from '../context.ts'
import { repeat } from '../repeat.ts'
import { listPending } from '../stores/archive-state.ts'
import { listTrimmable, trimLog } from '../stores/log-trimming.ts'
import { loadNow } from '../stores/logged-messages.ts'
import { Archiver } from './archiver.ts'

const everyMs = 1_000
const trimEveryMs = 60_000
const conversationsPerPass = 200
/** Transactions that were under way when we last looked are seen for so long. */
const slackMs = 10_000

type Needed = Pick<Context, 'sql' | 'archive' | 'log' | 'metrics'>

/** Brings what happens in conversations to the archive within a second or two, and all that waited once it is back. */
export function runArchiver({ sql, archive, log, metrics }: Needed): AsyncDisposable {
  const archiver = new Archiver({ sql, archive, log })
  let since = new Date(0)

  async function pass(signal: AbortSignal): Promise<{ isFull: boolean }> {
    const now = await loadNow(sql.background)
    const rows = conversationsPerPass
    const pending = await listPending(sql.background, { since: new Date(since.getTime() - slackMs), rows })
    metrics.archiveLag.set(pending[0]?.lag ?? 0)
    if (!archive.isAvailable) return { isFull: false }
    const ids = pending.map(({ conversation_id }) => conversation_id)
    const archived = ids.length > 0 ? await archiver.archive(ids, signal) : new Set<string>()
    const isFull = pending.length === rows
    const left = pending.find(({ conversation_id }) => !archived.has(conversation_id))
    since = left?.changed_at ?? (isFull ? pending.at(-1)?.changed_at : undefined) ?? now
    return { isFull: isFull && left === undefined }
  }

  const work = async (signal: AbortSignal) => {
    while (!signal.aborted && (await pass(signal)).isFull);
  }
  return repeat({ name: 'archiver', everyMs, log, work })
}

/** Lets go, every minute, of what the archive has and the log need not keep. */
export function runTrimming({ sql, log }: Pick<Context, 'sql' | 'log'>): AsyncDisposable {
  const work = async (signal: AbortSignal) => {
    for (const id of await listTrimmable(sql.background)) {
      while (!signal.aborted && (await trimLog(sql.background, id)) > 0);
    }
  }
  return repeat({ name: 'log trimming', everyMs: trimEveryMs, log, work })
}
