const secondMs = 1_000
const turnsMs = [secondMs, 2 * secondMs]

/**
 * Gives those who find no place the time after which each should try again: in whole seconds, because most clients
 * read no more of Retry-After, and to no more within a second than there are places. So whoever comes back when he was
 * told finds one. Where more wait than two seconds can serve there is no order to keep.
 */
export function createRetryTurns(places: number): (nowMs: number) => number {
  let expected: number[] = []
  return (nowMs) => {
    expected = expected.filter((at) => at > nowMs)
    const isFree = (waitMs: number) => expected.filter((at) => Math.abs(nowMs + waitMs - at) < secondMs).length < places
    const waitMs = turnsMs.find(isFree)
    if (waitMs === undefined) return secondMs * (1 + Math.random())
    expected.push(nowMs + waitMs)
    return waitMs
  }
}
