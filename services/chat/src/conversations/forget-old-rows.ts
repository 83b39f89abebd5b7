import { repeat } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { dropOldRows } from '../stores/old-rows.ts'

const everyMs = 60_000

/** Drops, every minute, repeats' memory, frames and empty conversations whose time is up. */
export function forgetOldRows({ sql, log }: Pick<Context, 'sql' | 'log'>): AsyncDisposable {
  return repeat({ name: 'old rows', everyMs, log, work: (signal) => dropOldRows(sql.background, signal) })
}
