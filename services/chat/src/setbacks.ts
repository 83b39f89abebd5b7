const firstWaitMs = 2_000
/** Not longer, because what is in the way may be gone at any time. */
const longestWaitMs = 30_000
const most = 1_000

/** What failed alone: each waits longer every time, in a turn of its own, so that nothing else waits with it. */
export type Setbacks = {
  readonly ids: readonly string[]
  has(id: string): boolean
  /** Those whose time it is to be tried again, those that wait longest first. */
  listDue(): string[]
  /** Beyond a thousand none is added. */
  add(id: string): void
  forget(id: string): void
}

export function createSetbacks(now = () => performance.now()): Setbacks {
  const waits = new Map<string, { waitMs: number; dueAt: number }>()
  return {
    get ids() {
      return [...waits.keys()]
    },
    has: (id) => waits.has(id),
    listDue: () => [...waits].filter(([, { dueAt }]) => dueAt <= now()).map(([id]) => id),
    add(id) {
      const before = waits.get(id)
      if (!before && waits.size === most) return
      const waitMs = Math.min(longestWaitMs, before ? before.waitMs * 2 : firstWaitMs)
      // It goes to the end, behind those that have waited longer.
      waits.delete(id)
      waits.set(id, { waitMs, dueAt: now() + waitMs })
    },
    forget: (id) => void waits.delete(id),
  }
}
