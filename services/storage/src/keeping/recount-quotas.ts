import { repeat } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { listQuotaOwners, recount } from '../stores/quotas.ts'

const everyMs = 3_600_000
const ownersAtOnce = 200
const beforeAll = '00000000-0000-0000-0000-000000000000'

type Needed = Pick<Context, 'sql' | 'events'>

/** Counts everybody's files, and corrects the quotas that say otherwise. */
export async function recountQuotas({ sql: { background }, events }: Needed, signal?: AbortSignal): Promise<void> {
  let count = 0
  for (let after: string | undefined = beforeAll; after !== undefined; ) {
    const owners: string[] = await listQuotaOwners(background, { after, rows: ownersAtOnce })
    for (const userId of owners) {
      if (signal?.aborted) return
      if (await background.transaction((tx) => recount(tx, userId))) count++
    }
    after = owners.at(-1)
  }
  if (count > 0) events.quotasCorrected({ count })
}

export function keepRecounting(context: Needed & Pick<Context, 'log'>): AsyncDisposable {
  return repeat({ name: 'quotas', everyMs, log: context.log, work: (signal) => recountQuotas(context, signal) })
}
