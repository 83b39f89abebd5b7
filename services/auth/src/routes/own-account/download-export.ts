import { Readable } from 'node:stream'
import { writeExport } from '@secureconnect/account-jobs'
import { AppError } from '@secureconnect/errors'
import { ownAccount } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getExportOf } from '../../account-jobs/to-account-export.ts'
import type { Context } from '../../context.ts'

const fileName = 'secureconnect-export.json'

export const downloadExport = route(
  ownAccount.downloadExport,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ caller: { userId }, reply }) => {
      const job = await getExportOf(sql, userId)
      if (!job.finished_at) throw new AppError('CONFLICT', 'The export is still being put together.')
      events.exportDownloaded({ userId })
      reply.type('application/json').header('cache-control', 'no-store')
      reply.header('content-disposition', `attachment; filename="${fileName}"`)
      return Readable.from(writeExport(sql, job))
    },
)
