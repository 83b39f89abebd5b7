import { signal } from '@preact/signals'

const atOnce = 4

/**
 * Things by their ids, each asked for the first time that it is wanted. Reading one in a component has that drawn again
 * once it is there; undefined says that it is not known yet, null that there is none.
 */
export function createLookup<T>(find: (id: string) => Promise<T | null>) {
  const known = signal<ReadonlyMap<string, T | null>>(new Map())
  const asked = new Set<string>()
  const waiting: string[] = []
  let running = 0

  function put(entries: Iterable<readonly [string, T | null]>): void {
    known.value = new Map([...known.value, ...entries])
  }

  function askNext(): void {
    const id = running < atOnce ? waiting.shift() : undefined
    if (id === undefined) return
    running += 1
    find(id)
      .then((found) => asked.has(id) && put([[id, found]]))
      // What could not be had is asked for again the next time that it is wanted.
      .catch(() => asked.delete(id))
      .finally(() => {
        running -= 1
        askNext()
      })
  }

  return {
    put,
    get(id: string): T | null | undefined {
      const found = known.value.get(id)
      if (found === undefined && !asked.has(id)) {
        asked.add(id)
        waiting.push(id)
        askNext()
      }
      return found
    },
    /** What is known already. */
    peek: (id: string): T | null | undefined => known.value.get(id),
    all: (): readonly T[] => [...known.value.values()].filter((found) => found !== null),
    clear(): void {
      known.value = new Map()
      asked.clear()
      waiting.length = 0
    },
  }
}
