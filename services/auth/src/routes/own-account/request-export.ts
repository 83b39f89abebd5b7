import { startExport } from '@secureconnect/account-jobs'
import { lockAccounts } from '@secureconnect/directory'
import { ownAccount } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getExportOf, toAccountExport } from '../../account-jobs/to-account-export.ts'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'

export const requestExport = route(
  ownAccount.requestExport,
  ({ sql, kv, events }: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ caller: { userId } }) => {
      const { job, isNew } = await sql.transaction(async (tx) => {
        if ((await lockAccounts(tx, [userId])) === 0) throw userNotFound()
        const isNew = await startExport(tx, { userId }, kv)
        return { job: await getExportOf(tx, userId), isNew }
      })
      if (isNew) events.exportRequested({ userId })
      return toAccountExport(job)
    },
)
