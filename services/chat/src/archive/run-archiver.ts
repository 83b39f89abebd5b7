import { AppError } from '@secureconnect/errors'
import { repeat } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { followChanges } from '../follow-changes.ts'
import { listPending } from '../stores/archive-state.ts'
import { listTrimmable, trimLog } from '../stores/log-trimming.ts'
import { Archiver } from './archiver.ts'

const trimEveryMs = 60_000

type Needed = Pick<Context, 'sql' | 'archive' | 'log' | 'metrics'>

/** Brings what happens in conversations to the archive within a second or two, and all that waited once it is back. */
export function runArchiver({ sql, archive, log, metrics }: Needed): AsyncDisposable {
  const archiver = new Archiver({ sql, archive })
  return followChanges({
    name: 'archiver',
    sql,
    log,
    async listPending(changes) {
      const pending = await listPending(sql.background, changes)
      metrics.archiveLag.set(pending[0]?.lag ?? 0)
      return pending
    },
    bringOn: async (ids, signal) => (archive.takesWrites ? archiver.archive(ids, signal) : new Set()),
    isAway: (error) => error instanceof AppError && !(error.code === 'HISTORY_UNAVAILABLE' && archive.takesWrites),
  })
}

/** Lets go, every minute, of what archive and search have and the log need not keep. */
export function runTrimming({ sql, log }: Pick<Context, 'sql' | 'log'>): AsyncDisposable {
  const work = async (signal: AbortSignal) => {
    for (const id of await listTrimmable(sql.background)) {
      while (!signal.aborted && (await trimLog(sql.background, id)) > 0);
    }
  }
  return repeat({ name: 'log trimming', everyMs: trimEveryMs, log, work })
}
