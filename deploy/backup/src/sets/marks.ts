import type { StoredAs } from './set-keys.ts'

/** Which bytes are in use: one bit for each, so that millions of objects fit into memory. */
export type Marks = { add(stored: StoredAs): void; has(stored: StoredAs): boolean }

export function createMarks(): Marks {
  const ofSets = new Map<string, Uint8Array<ArrayBuffer>>()
  const placeOf = (number: number) => [number >> 3, 1 << (number & 7)] as const
  return {
    add({ set, number }) {
      const [byte, bit] = placeOf(number)
      let bits = ofSets.get(set) ?? new Uint8Array(1_024)
      if (byte >= bits.length) {
        const larger = new Uint8Array(Math.max(byte + 1, bits.length * 2))
        larger.set(bits)
        bits = larger
      }
      bits[byte] = (bits[byte] ?? 0) | bit
      ofSets.set(set, bits)
    },
    has({ set, number }) {
      const [byte, bit] = placeOf(number)
      return ((ofSets.get(set)?.[byte] ?? 0) & bit) !== 0
    },
  }
}
