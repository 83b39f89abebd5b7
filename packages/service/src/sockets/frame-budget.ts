/** How many requests a socket may send: a steady rate with a burst. */
export type FrameRate = { perSecond: number; burst: number }

/** Counts a socket's requests by the same algorithm (GCRA) that limits HTTP requests, without leaving the process. */
export function createFrameBudget({ perSecond, burst }: FrameRate, now: () => number = () => performance.now()) {
  const intervalMs = 1_000 / perSecond
  const toleranceMs = intervalMs * (burst - 1)
  let dueAt = Number.NEGATIVE_INFINITY
  return {
    /** Milliseconds to wait before the next request is in order; 0 when this one is, and was counted. */
    take(): number {
      const at = now()
      const waitMs = dueAt - toleranceMs - at
      if (waitMs > 0) return waitMs
      dueAt = Math.max(dueAt, at) + intervalMs
      return 0
    },
  }
}
