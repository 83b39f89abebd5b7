import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ByteStore } from '../src/vault.ts'

/** A store in memory, for what a store itself has no part in. */
export function createMemoryStore(): { store: ByteStore; files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>()
  const store: ByteStore = {
    async read(key) {
      const found = files.get(key)
      return found && Readable.from([found])
    },
    write: async (key, bytes) => void files.set(key, bytes),
    putPieces: async (key, pieces) => void files.set(key, await buffer(pieces)),
    remove: async (keys) => {
      for (const key of keys) files.delete(key)
    },
    async *list(prefix) {
      const keys = [...files.keys()].filter((key) => key.startsWith(prefix)).sort()
      for (const key of keys) yield { key, size: files.get(key)?.length ?? 0, modifiedAt: new Date(0) }
    },
  }
  return { store, files }
}
