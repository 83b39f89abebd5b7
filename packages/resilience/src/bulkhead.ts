import { AppError } from '@secureconnect/errors'
import type { Metrics } from '@secureconnect/metrics'
import { callTimeoutMs } from './deadline.ts'

/** Bounds how many calls to a dependency are under way, so that a slow one cannot take the whole process. */
export type Bulkhead = {
  /**
   * Runs `work` when there is room, at once or after a bounded wait; otherwise refuses with CAPACITY. What is critical
   * waits in a queue of its own, from which places are given first.
   */
  run<T>(work: () => Promise<T>, options?: { isCritical?: boolean }): Promise<T>
}

export type BulkheadOptions = {
  dependency: string
  /** Calls under way at most. */
  limit: number
  /** Calls that may wait for room at most in either queue, and for how long. */
  queue: number
  waitMs: number
  metrics: Pick<Metrics, 'bulkheadInUse' | 'bulkheadRejected'>
}

/** Creates the bulkhead of one dependency. */
export function createBulkhead({ dependency, limit, queue, waitMs, metrics }: BulkheadOptions): Bulkhead {
  const queues = { critical: new Set<() => void>(), usual: new Set<() => void>() }
  let inUse = 0
  const count = (change: 1 | -1) => {
    inUse += change
    metrics.bulkheadInUse.set({ dependency }, inUse)
  }
  const createRefusal = () => {
    metrics.bulkheadRejected.inc({ dependency })
    return new AppError('CAPACITY', 'Too much is under way at the moment; try again shortly.', {
      cause: new Error(`${dependency}: ${inUse} calls under way, ${queues.critical.size + queues.usual.size} waiting`),
    })
  }
  const enter = async (waiting: Set<() => void>): Promise<void> => {
    if (inUse < limit) return count(1)
    if (waiting.size >= queue) throw createRefusal()
    const timeoutMs = callTimeoutMs(waitMs)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    waiting.add(resolve)
    const timer = setTimeout(() => {
      waiting.delete(resolve)
      reject(createRefusal())
    }, timeoutMs)
    await promise.finally(() => clearTimeout(timer))
  }
  const leave = () => {
    const waiting = queues.critical.size > 0 ? queues.critical : queues.usual
    const [next] = waiting
    if (!next) return count(-1)
    // The place goes straight to whoever waits longest.
    waiting.delete(next)
    next()
  }
  metrics.bulkheadInUse.set({ dependency }, 0)
  metrics.bulkheadRejected.inc({ dependency }, 0)
  return {
    async run(work, { isCritical = false } = {}) {
      await enter(isCritical ? queues.critical : queues.usual)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
