import { keyBackup } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { backupNotFound } from '../../errors.ts'
import { removeBackup } from '../../stores/key-backups.ts'

export const deleteKeyBackup = route(
  keyBackup.delete,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ caller: { userId } }) => {
      if (!(await removeBackup(sql, userId))) throw backupNotFound()
      events.backupDeleted({ userId })
      return { message: 'No backup of keys is kept any more.' }
    },
)
