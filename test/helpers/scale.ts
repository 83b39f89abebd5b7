import { testScale } from './config.ts'

/** The count to run where `full` is stated: all of it in a full run, a part in CI, never below what still shows something. */
export function scale(full: number, atLeast = 1): number {
  return Math.min(full, Math.max(atLeast, Math.round(full * testScale)))
}

/** How long may pass where `promisedMs` are promised: three times as much where few cases are tried beside other tests. */
export function allowedMs(promisedMs: number): number {
  return testScale === 1 ? promisedMs : 3 * promisedMs
}

/** Has a test run at full size alone, and says why it does not run each day. */
export function onlyAtFullSize(why: string): { skip: string | false } {
  return { skip: testScale < 1 && `${why}, so only at full size` }
}
