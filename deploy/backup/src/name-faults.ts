import { type BlobFailure, BlobStoreError } from '@secureconnect/blobs'
import { BackupFault } from './fault.ts'
import type { ByteStore } from './vault.ts'

const meanings: Readonly<Record<BlobFailure, string>> = {
  away: 'does not answer. Look whether it runs and can be reached',
  unreachable: 'does not answer. Look whether it runs and can be reached',
  timeout: 'does not answer in time. Look whether it is overloaded',
  full: 'is full. Make room there',
  refused: 'does not let us do this. Look at its permissions and our login',
  failed: 'failed. Its own log says why',
}

/** Has a store say which one it is when it cannot do what it is asked for; `onCall` hears that it was asked. */
export function nameFaults(name: string, store: ByteStore, onCall: () => void = () => {}): ByteStore {
  const explain = (error: unknown): unknown =>
    error instanceof BlobStoreError
      ? new BackupFault(`${name} ${meanings[error.reason]}.`, { cause: error.cause })
      : error
  const named =
    <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      onCall()
      try {
        return await ask(...args)
      } catch (error) {
        throw explain(error)
      }
    }
  return {
    read: named(store.read),
    write: named(store.write),
    putPieces: named(store.putPieces),
    remove: named(store.remove),
    async *list(prefix) {
      onCall()
      try {
        yield* store.list(prefix)
      } catch (error) {
        throw explain(error)
      }
    },
  }
}
