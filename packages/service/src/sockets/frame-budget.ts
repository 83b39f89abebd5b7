/** How many requests a socket may send: a steady rate with a burst. */
export type FrameRate = { perSecond: number; burst: number }

/** Who has asked for no more than he may for this long is taken for obedient again. */
const excessMs = 10_000

/** Counts a socket's requests by the same algorithm (GCRA) that limits HTTP requests, without leaving the process. */
export function createFrameBudget({ perSecond, burst }: FrameRate, now: () => number = () => performance.now()) {
  const intervalMs = 1_000 / perSecond
  const toleranceMs = intervalMs * (burst - 1)
  let dueAt = Number.NEGATIVE_INFINITY
  let excesses = 0
  let exceededAt = Number.NEGATIVE_INFINITY
  return {
    /** Milliseconds to wait before the next request is in order; 0 when this one is, and was counted. */
    take(): number {
      const at = now()
      const waitMs = dueAt - toleranceMs - at
      if (waitMs > 0) return waitMs
      dueAt = Math.max(dueAt, at) + intervalMs
      return 0
    },
    /** Notes that a request was too many; how many there were of late. */
    noteExcess(): number {
      const at = now()
      excesses = at - exceededAt > excessMs ? 1 : excesses + 1
      exceededAt = at
      return excesses
    },
  }
}
