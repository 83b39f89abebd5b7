import { repeat } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { sumUsed } from '../stores/quotas.ts'

const everyMs = 60_000

/** Tells operators how much everybody keeps. */
export function measureUse({ sql, metrics, log }: Pick<Context, 'sql' | 'metrics' | 'log'>): AsyncDisposable {
  const work = async () => metrics.quotaUsed.set(await sumUsed(sql.background))
  return repeat({ name: 'storage in use', everyMs, log, work })
}
