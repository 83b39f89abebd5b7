import { keyBackup } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { otherBackup } from '../../errors.ts'
import { hashProof } from '../../keys/hash-proof.ts'
import { findBackup, replaceBackup } from '../../stores/key-backups.ts'

export const saveKeyBackup = route(
  keyBackup.save,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ body: { base_version: baseVersion, backup, kdf, proof }, caller: { userId } }) => {
      const saved = await replaceBackup(sql, { userId, baseVersion, backup, kdf, proofHash: hashProof(proof) })
      // The answer to the first try may have been lost.
      const present = saved ?? (await findBackup(sql, userId))
      if (present?.version !== baseVersion + 1 || present.backup !== backup || present.kdf !== kdf) throw otherBackup()
      if (saved) events.keysBackedUp({ userId })
      return { version: present.version, updated_at: present.updated_at.toISOString() }
    },
)
