import type { Changes, Vault } from '@secureconnect/e2ee/groups'
import { type Bounds, TextIndex, type Written } from './text-index.ts'
import { type Place, placePrefix, type TextOf } from './text-places.ts'

const mostKept: Bounds = { texts: 20_000, bytes: 32 * 1024 * 1024 }

/** Keeps what was read, for as long as its messages are there. */
export function createKeptTexts(vault: Vault, bounds = mostKept) {
  let loading: Promise<TextIndex> | undefined

  function load(): Promise<TextIndex> {
    loading ??= vault.list(placePrefix).then(
      (names) => new TextIndex(names, bounds),
      (error: unknown) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }

  /** Carries out a change of what is known of texts at once. */
  async function change(work: (index: TextIndex, changes: Written) => void): Promise<void> {
    const changes: Written = new Map()
    work(await load(), changes)
    if (changes.size > 0) await vault.write(changes)
  }

  return {
    /** The text that is kept under a key; `gone` where its message is, and undefined where it was never here. */
    async find(key: string): Promise<Uint8Array | 'gone' | undefined> {
      const index = await load()
      const place = index.get(key)
      if (!place) return undefined
      return index.isGone(place) ? 'gone' : vault.read(key)
    },
    /** What is to be written for a text to be kept, and others to go for it. */
    async toChanges(key: string, text: Uint8Array, of: TextOf): Promise<Changes> {
      const changes: Written = new Map([[key, text]])
      const index = await load()
      index.add(key, { bytes: text.length, of }, changes)
      return changes
    },
    /** Notes of which message a text is. */
    note: (key: string, of: TextOf) =>
      change((index, changes) => {
        const place = index.get(key)
        const isNews = place?.messageId !== of.messageId || place.until !== of.until
        if (place && isNews) index.put({ ...place, ...of }, changes)
      }),
    /** Gives up a text that no message says. */
    drop: (key: string) =>
      change((index, changes) => {
        const place = index.get(key)
        if (place) index.remove(place, changes)
      }),
    /** Has all go that a message said, before and after it was edited. */
    forgetMessage: (messageId: string) =>
      change((index, changes) => index.empty((place) => place.messageId === messageId, changes)),
    forgetExpired: () => change((index, changes) => index.emptyExpired(changes)),
    /** The texts that are here, the newest first. */
    list: async (): Promise<Place[]> => (await load()).listHere().reverse(),
    restore: (read: readonly (readonly [Place, Uint8Array])[]) =>
      change((index, changes) => index.restore(read, changes)),
  }
}

export type KeptTexts = ReturnType<typeof createKeptTexts>
