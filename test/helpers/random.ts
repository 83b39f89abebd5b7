/** The same numbers for the same seed (mulberry32). */
export function createRandom(state: number) {
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const upTo = (max: number) => Math.floor(next() * max)
  const pick = <T>(items: readonly T[]): T => items[upTo(items.length)] as T
  return { upTo, pick }
}
export type Random = ReturnType<typeof createRandom>
