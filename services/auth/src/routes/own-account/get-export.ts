import { ownAccount } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getExportOf, toAccountExport } from '../../account-jobs/to-account-export.ts'
import type { Context } from '../../context.ts'

export const getExport = route(
  ownAccount.getExport,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ caller }) =>
      toAccountExport(await getExportOf(sql, caller.userId)),
)
