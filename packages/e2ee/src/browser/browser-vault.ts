import type { Vault } from '../groups/vault.ts'

const [entryStore, keyStore] = ['entries', 'keys']

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function finish(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = () => reject(transaction.error)
    transaction.onabort = () => reject(transaction.error)
  })
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(entryStore)
    opening.result.createObjectStore(keyStore)
  }
  return settle(opening)
}

/** The key of a vault, which no script can read, also not one of ours: it is of use in this browser alone. */
async function obtainKey(database: IDBDatabase): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const transaction = database.transaction(keyStore, 'readwrite')
  const store = transaction.objectStore(keyStore)
  const kept: CryptoKey | undefined = await settle(store.get(0))
  if (!kept) store.put(made, 0)
  await finish(transaction)
  return kept ?? made
}

/** Removes a vault with all that it keeps, once no page has it open any more. */
export async function removeBrowserVault(name: string): Promise<void> {
  await settle(indexedDB.deleteDatabase(name))
}

const nonceBytes = 12

/** Keeps entries in IndexedDB, each encrypted with the vault's key and bound to its own name. */
export async function openBrowserVault(name: string): Promise<Vault & Disposable> {
  const database = await openDatabase(name)
  const vaultKey = await obtainKey(database)
  const nameBytes = (key: string) => new TextEncoder().encode(key)

  async function seal(key: string, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
    const algorithm = { name: 'AES-GCM', iv, additionalData: nameBytes(key) }
    const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, vaultKey, new Uint8Array(bytes)))
    const entry = new Uint8Array(iv.length + sealed.length)
    entry.set(iv)
    entry.set(sealed, iv.length)
    return entry
  }

  async function unseal(key: string, entry: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const algorithm = { name: 'AES-GCM', iv: entry.subarray(0, nonceBytes), additionalData: nameBytes(key) }
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, vaultKey, entry.subarray(nonceBytes)))
  }

  const read = <T>(run: (store: IDBObjectStore) => IDBRequest<T>) =>
    settle(run(database.transaction(entryStore).objectStore(entryStore)))

  return {
    async read(key) {
      const entry: Uint8Array<ArrayBuffer> | undefined = await read((store) => store.get(key))
      return entry && unseal(key, entry)
    },
    async list(prefix) {
      const keys = await read((store) => store.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)))
      return keys.map(String)
    },
    async write(changes) {
      const sealed = await Promise.all(
        [...changes].map(async ([key, bytes]) => [key, bytes && (await seal(key, bytes))] as const),
      )
      // Strict: a key that was used must not come back after the machine lost its power.
      const transaction = database.transaction(entryStore, 'readwrite', { durability: 'strict' })
      const store = transaction.objectStore(entryStore)
      for (const [key, entry] of sealed) {
        if (entry) store.put(entry, key)
        else store.delete(key)
      }
      await finish(transaction)
    },
    [Symbol.dispose]: () => database.close(),
  }
}
