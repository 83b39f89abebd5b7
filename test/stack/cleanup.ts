/** Whatever runs clean-up when a test is over: a test's context, or `node:test` itself for a whole file. */
export type Cleanup = { after(work: () => Promise<void>): void }
