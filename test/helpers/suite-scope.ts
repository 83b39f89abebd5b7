import { after } from 'node:test'

/** Takes what a suite's tests share; it is given back, the newest first, when the last of them has ended. */
export function suiteScope(): { after: (work: () => unknown) => void } {
  const stack = new AsyncDisposableStack()
  after(() => stack.disposeAsync())
  return { after: (work) => stack.defer(async () => void (await work())) }
}
