import { client } from './client.ts'

type Kind = 'upload' | 'voice'
type Place = { kind: Kind; conversationId: string; id: string }
type Entry = { bytes: Blob; facts: unknown; page: string; keptAt: number }

/** More than that is not kept, and no longer: the browser has other things to keep as well. */
const mostBytes = 200_000_000
const mostMs = 7 * 86_400_000
const storeName = 'bytes'

/** This page among those that are open; it has a lock by this name for as long as it lives. */
const page = `${Date.now()}-${Math.random()}`
// Where pages cannot see each other, each takes up what it finds.
void navigator.locks?.request(page, () => new Promise(() => undefined))

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open('secureconnect', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName)
  return answerOf(opening)
}

let database: Promise<IDBDatabase> | undefined

async function openStore(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  database ??= openDatabase()
  return (await database).transaction(storeName, mode).objectStore(storeName)
}

/** All keys that begin so: a list is behind every text. */
const rangeOf = (parts: readonly string[]) => IDBKeyRange.bound([...parts], [...parts, []])
const ownParts = (...parts: string[]) => [client.userId ?? '', ...parts]
const keyOf = ({ kind, conversationId, id }: Place) => ownParts(kind, conversationId, id)

type Found = { key: readonly string[]; entry: Entry }

/** What is there and is not too old; what is too old goes. */
async function readYoung(store: IDBObjectStore, range?: IDBKeyRange): Promise<readonly Found[]> {
  const [keys, entries] = await Promise.all([answerOf(store.getAllKeys(range)), answerOf(store.getAll(range))])
  const found = entries.map((entry: Entry, at) => ({ key: keys[at] as string[], entry }))
  const { young = [], old = [] } = Object.groupBy(found, ({ entry }) =>
    Date.now() - entry.keptAt < mostMs ? 'young' : 'old',
  )
  for (const { key } of old) store.delete(key)
  return young
}

async function listOtherPages(): Promise<ReadonlySet<string | undefined>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  return new Set(held.map(({ name }) => name).filter((name) => name !== page))
}

/**
 * What somebody recorded or chose and did not send yet, which is too large for `kept`: it outlives the page and the
 * session as that does. Where the browser keeps nothing, it is there for as long as the page is.
 */
export const keptBytes = {
  async write(place: Place, bytes: Blob, facts: unknown): Promise<void> {
    const store = await openStore('readwrite')
    const key = keyOf(place)
    const others = (await readYoung(store)).filter((one) => String(one.key) !== String(key))
    const size = others.reduce((sum, { entry }) => sum + entry.bytes.size, bytes.size)
    if (size <= mostBytes) await answerOf(store.put({ bytes, facts, page, keptAt: Date.now() } satisfies Entry, key))
  },

  /** What no other page has at hand, by its id. */
  async list<Facts>(kind: Kind, conversationId: string): Promise<ReadonlyMap<string, { bytes: Blob; facts: Facts }>> {
    const others = await listOtherPages()
    const store = await openStore('readwrite')
    const found = await readYoung(store, rangeOf(ownParts(kind, conversationId)))
    return new Map(
      found
        .filter(({ entry }) => !others.has(entry.page))
        .map(({ key, entry: { bytes, facts } }) => [key.at(-1) ?? '', { bytes, facts: facts as Facts }]),
    )
  },

  async remove(place: Place): Promise<void> {
    await answerOf((await openStore('readwrite')).delete(keyOf(place)))
  },

  async forgetAll(): Promise<void> {
    await answerOf((await openStore('readwrite')).delete(rangeOf(ownParts())))
  },
}
