import { keyBackup, limits } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { backupNotFound } from '../../errors.ts'
import { countTries, findBackup } from '../../stores/key-backups.ts'

export const getKeyBackup = route(keyBackup.get, ({ sql }: Pick<Context, 'sql'>) => async ({ caller: { userId } }) => {
  const found = await findBackup(sql, userId)
  if (!found) throw backupNotFound()
  const { version, kdf, updated_at } = found
  const tries_left = Math.max(0, limits.keyBackupTries - (await countTries(sql, userId)))
  return { version, kdf, updated_at: updated_at.toISOString(), tries_left }
})
