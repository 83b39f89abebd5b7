/** What is written at once: bytes to keep by their key, or undefined for what goes. */
export type Changes = ReadonlyMap<string, Uint8Array | undefined>

/**
 * Where a device keeps its keys and what it has read, beyond the life of a page. Nothing in it may be had without the
 * device: who implements it encrypts what is at rest.
 */
export type Vault = {
  read(key: string): Promise<Uint8Array | undefined>
  /** The keys that begin with `prefix`. */
  list(prefix: string): Promise<readonly string[]>
  /** Writes all of it or nothing; done when it would survive the end of the page. */
  write(changes: Changes): Promise<void>
}

/** Forgets with the process. */
export function createMemoryVault(): Vault {
  const entries = new Map<string, Uint8Array>()
  return {
    read: async (key) => entries.get(key)?.slice(),
    list: async (prefix) => [...entries.keys()].filter((key) => key.startsWith(prefix)),
    async write(changes) {
      for (const [key, bytes] of changes) {
        if (bytes) entries.set(key, bytes.slice())
        else entries.delete(key)
      }
    },
  }
}
