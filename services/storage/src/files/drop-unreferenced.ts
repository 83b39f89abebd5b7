import type { Topic } from '@secureconnect/outbox'
import type { Context } from '../context.ts'
import { isReferredTo, lockFile } from '../stores/files.ts'
import { removeFile } from './remove-file.ts'

/**
 * Drops files that the last message has gone of. Whether any shows them still is looked up while they are locked: who
 * sends one keeps it from going until his message is there.
 */
export function createFileCheck({ kv, events }: Pick<Context, 'kv' | 'events'>): Topic {
  return {
    attempts: Number.MAX_SAFE_INTEGER,
    async apply(tx, { key: fileId }) {
      const file = await lockFile(tx, fileId)
      if (file?.state !== 'live' || (await isReferredTo(tx, file))) return
      await removeFile(tx, file, kv)
      tx.afterCommit(() => events.fileDropped({ fileId }))
    },
  }
}
