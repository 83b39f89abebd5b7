import { keyBackup, limits } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { backupNotFound, tooManyTries, wrongPassphrase } from '../../errors.ts'
import { hashProof } from '../../keys/hash-proof.ts'
import { giveTryBack, takeTry } from '../../stores/key-backups.ts'

export const openKeyBackup = route(
  keyBackup.open,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ body: { proof }, caller: { userId } }) => {
      const tried = await takeTry(sql, { userId, proofHash: hashProof(proof) })
      if (!tried) throw backupNotFound()
      const { version, kdf, backup, updated_at, is_right, tries, ends_in_ms } = tried
      // A right one too: whoever guesses is not to learn that he has found it.
      if (tries > limits.keyBackupTries) throw tooManyTries(ends_in_ms)
      if (!is_right) throw wrongPassphrase()
      await giveTryBack(sql, userId)
      events.backupRead({ userId })
      return { version, kdf, backup, updated_at: updated_at.toISOString() }
    },
)
