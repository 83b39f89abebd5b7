import type { Subscription } from './kv.ts'

/** A subscription that ends once, however often it is closed. */
export function createSubscription(end: () => Promise<void>): Subscription {
  let ended: Promise<void> | undefined
  const close = () => {
    ended ??= end()
    return ended
  }
  return { close, [Symbol.asyncDispose]: close }
}
