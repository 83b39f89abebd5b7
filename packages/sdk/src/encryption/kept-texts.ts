import type { Changes, Vault } from '@secureconnect/e2ee/groups'

/** What a device keeps of what it read; where there is more, the oldest goes. */
const bounds = { texts: 20_000, bytes: 32 * 1024 * 1024 }

/** Under it is kept what was read. */
export const textPrefix = 'text:'
const prefix = 'order:'

/** The place of a text in the order in which they came, how large it is, and under which key it is kept. */
type Place = { number: number; bytes: number; key: string }

const nameOf = ({ number, bytes, key }: Place) => `${prefix}${String(number).padStart(12, '0')}:${bytes}:${key}`

function readPlace(name: string): Place {
  const [, number, bytes, ...key] = name.split(':')
  return { number: Number(number), bytes: Number(bytes), key: key.join(':') }
}

/** Keeps texts, in the order in which they came. */
export function createKeptTexts(vault: Vault, { texts, bytes } = bounds) {
  let loading: Promise<{ places: Place[]; bytes: number }> | undefined

  async function load() {
    const placed = (await vault.list(prefix)).map(readPlace).toSorted((one, other) => one.number - other.number)
    const known = new Set(placed.map(({ key }) => key))
    // What came back from a backup is older than all that was read here, and small.
    const restored = (await vault.list(textPrefix)).filter((key) => !known.has(key))
    const places = [...restored.map((key): Place => ({ number: 0, bytes: 0, key })), ...placed]
    return { places, bytes: places.reduce((sum, place) => sum + place.bytes, 0) }
  }

  return {
    read: (key: string) => vault.read(key),
    /** What is to be written for a text to be kept, and others to go for it. */
    async toChanges(key: string, text: Uint8Array): Promise<Changes> {
      loading ??= load().catch((error: unknown) => {
        loading = undefined
        throw error
      })
      const kept = await loading
      const place = { number: (kept.places.at(-1)?.number ?? 0) + 1, bytes: text.length, key }
      kept.places.push(place)
      kept.bytes += place.bytes
      const changes = new Map<string, Uint8Array | undefined>([
        [key, text],
        [nameOf(place), new Uint8Array()],
      ])
      while (kept.places.length > texts || kept.bytes > bytes) {
        const oldest = kept.places.shift()
        if (!oldest) break
        kept.bytes -= oldest.bytes
        for (const name of [oldest.key, nameOf(oldest)]) changes.set(name, undefined)
      }
      return changes
    },
  }
}

export type KeptTexts = ReturnType<typeof createKeptTexts>
