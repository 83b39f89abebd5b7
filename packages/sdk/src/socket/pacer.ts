/** Somewhat less than the server takes, because the network bunches what was sent evenly. */
const share = 0.9

/** So many a second, and so many at once after a rest. */
export type Pace = { perSecond: number; burst: number }

/** Gives turns at a steady rate with a burst. */
export type Pacer = {
  /** Milliseconds until the next turn. */
  waitMs(): number
  /** Takes the next turn and tells how many milliseconds it is away. */
  book(): number
}

export function createPacer({ perSecond, burst }: Pace, now: () => number = () => performance.now()): Pacer {
  const intervalMs = 1_000 / (perSecond * share)
  const toleranceMs = intervalMs * (Math.floor(burst * share) - 1)
  let dueAt = Number.NEGATIVE_INFINITY
  const waitMs = () => Math.max(0, dueAt - toleranceMs - now())
  return {
    waitMs,
    book() {
      const wait = waitMs()
      dueAt = Math.max(dueAt, now()) + intervalMs
      return wait
    },
  }
}
