import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { createBreaker, createRetryBudget, retry } from '@secureconnect/resilience'
import { isSerializationFailure, SqlUnavailable } from './errors.ts'
import { sqlLimits } from './limits.ts'

/** Stands between the product and a server that may be away, slow or contended. */
export type Guard = {
  /** Runs one unit of work: a statement or a whole transaction. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Runs a probe, which is let through always and decides whether others are. */
  probe(work: () => Promise<void>): Promise<void>
  close(): void
}

/** For a database in our own process, and for scripts: nothing to stand between. */
export const noGuard: Guard = {
  run: (work) => work(),
  probe: (work) => work(),
  close: () => undefined,
}

/** Our own lack of connections is no fault of the server's. */
function isServerFailure(error: unknown): boolean {
  return error instanceof SqlUnavailable && (error.reason === 'connection' || error.reason === 'timeout')
}

/** Refuses at once while the server is away, and runs again what it refused because two transactions crossed. */
export function createGuard({ metrics, log }: { metrics: Metrics; log: Logger }): Guard {
  const dependency = 'sql'
  const breaker = createBreaker({ dependency, metrics, log, isFailure: isServerFailure })
  const repetition = {
    dependency,
    attempts: sqlLimits.attempts,
    budget: createRetryBudget({ ratio: sqlLimits.retryRatio }),
    shouldRetry: isSerializationFailure,
    metrics,
  }
  /** Whether the server left the last of those without an answer who had a connection. */
  let isSilent = false
  const listen = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work()
      isSilent = false
      return result
    } catch (error) {
      isSilent ||= isServerFailure(error)
      throw error
    }
  }
  return {
    async run(work) {
      try {
        return await retry(() => breaker.call(() => listen(work)), repetition)
      } catch (error) {
        throw isSerializationFailure(error) ? new SqlUnavailable('contention', error) : error
      }
    },
    async probe(work) {
      try {
        await listen(work)
        breaker.report(true)
      } catch (error) {
        // A server that hangs holds all connections, and then the probe finds none.
        if (isSilent) breaker.report(false)
        throw error
      }
    },
    close: () => breaker.close(),
  }
}
