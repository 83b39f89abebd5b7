import { keyBackup } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { backupNotFound } from '../../errors.ts'
import { findBackup } from '../../stores/key-backups.ts'

export const getKeyBackup = route(
  keyBackup.get,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ caller: { userId } }) => {
      const found = await findBackup(sql, userId)
      if (!found) throw backupNotFound()
      events.backupRead({ userId })
      return { ...found, updated_at: found.updated_at.toISOString() }
    },
)
