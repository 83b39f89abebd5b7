import { setImmediate as nextTurn } from 'node:timers/promises'
import { withoutRequest } from '@secureconnect/logging'

/** Lets those who want to read the same share one read, which was not yet sent when they came. */
export type SharedReads<T> = (key: string, read: () => Promise<T>) => Promise<T>

/**
 * Creates shared reads. Only one of a key is under way at a time, and nobody joins that one: it may be older than what
 * he has just written. Whoever comes meanwhile shares the next. Reads run outside any request, and end by themselves.
 */
export function createSharedReads<T>(): SharedReads<T> {
  const underWay = new Map<string, Promise<unknown>>()
  const next = new Map<string, Promise<T>>()

  const run = async (key: string, read: () => Promise<T>): Promise<T> => {
    // All who ask in this turn of the event loop are in the first one already.
    await (underWay.get(key) ?? nextTurn())
    next.delete(key)
    const reading = read()
    const ended = reading.then(
      () => undefined,
      () => undefined,
    )
    underWay.set(key, ended)
    void ended.then(() => {
      if (underWay.get(key) === ended) underWay.delete(key)
    })
    return reading
  }
  return (key, read) => {
    const waiting = next.get(key)
    if (waiting) return waiting
    const own = withoutRequest(() => run(key, read))
    next.set(key, own)
    return own
  }
}
