/** How often somebody may be wrong. */
export const throttleRules = {
  /** Failures in a row that cost no waiting; each one more doubles the wait. */
  freeFailures: 5,
  firstWaitMs: 1_000,
  longestWaitMs: 900_000,
  /** Failures of one network in the window, over all accounts. */
  networkFailures: 30,
  networkWindowMs: 60_000,
  /** An attempt that finds the budget held by others under way waits this long for their outcome. */
  patienceMs: 1_000,
  /** An attempt that was not judged by then was under way in a process that died. */
  abandonedMs: 10_000,
  /** Failures are forgotten when none was added for this long. */
  forgottenMs: 86_400_000,
} as const

/** How long nobody may try after that many failures in a row. */
export function pickWaitMs(failures: number): number {
  const { freeFailures, firstWaitMs, longestWaitMs } = throttleRules
  return failures < freeFailures ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - freeFailures))
}
