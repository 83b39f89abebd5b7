import { files } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { findQuota } from '../stores/quotas.ts'

export const getQuota = route(
  files.getQuota,
  ({ sql, config }: Pick<Context, 'sql' | 'config'>) =>
    async ({ caller }) => {
      const { used_bytes: used, used_files, reserved_bytes: reserved } = await findQuota(sql, caller.userId)
      const total = config.quotaBytes
      return {
        used,
        reserved,
        total,
        available: Math.max(0, total - used - reserved),
        usage_percentage: total === 0 ? 100 : Math.round((used / total) * 10_000) / 100,
        file_count: used_files,
        file_limit: config.quotaFiles,
      }
    },
)
