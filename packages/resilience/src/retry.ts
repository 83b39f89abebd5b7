import { setTimeout as pause } from 'node:timers/promises'
import { currentRequest } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'

/** What keeps retries from multiplying the load on a dependency that is already in trouble. */
export type RetryBudget = {
  /** Told of every first attempt. */
  earn(): void
  /** Whether one more attempt is allowed; takes it if so. */
  spend(): boolean
}

/** What may be spent at once: enough for a moment's trouble at low traffic. */
const reserve = 10

/** Creates a budget that allows retries as a share of the calls: 0.1 is one retry for ten calls. */
export function createRetryBudget({ ratio }: { ratio: number }): RetryBudget {
  let balance = reserve
  return {
    earn() {
      balance = Math.min(reserve, balance + ratio)
    },
    spend() {
      if (balance < 1) return false
      balance -= 1
      return true
    },
  }
}

export type RetryOptions = {
  dependency: string
  /** All attempts, the first included. */
  attempts: number
  budget: RetryBudget
  shouldRetry: (error: unknown) => boolean
  metrics: Pick<Metrics, 'retries'>
}

const firstPauseMs = 50
const longestPauseMs = 1_000

/** Full jitter: anything from nothing to the bound, so that those who failed together do not return together. */
function pickPauseMs(failures: number): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
}

function hasTimeFor(pauseMs: number): boolean {
  const request = currentRequest()
  if (request?.signal?.aborted) return false
  return request?.deadlineAt === undefined || Date.now() + pauseMs < request.deadlineAt
}

/** Runs `work` again after an error that may pass, as long as attempts, budget and the request's deadline allow. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { dependency, attempts, budget, shouldRetry, metrics } = options
  budget.earn()
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      const pauseMs = pickPauseMs(failures)
      if (failures >= attempts || !shouldRetry(error) || !hasTimeFor(pauseMs) || !budget.spend()) throw error
      await pause(pauseMs)
      metrics.retries.inc({ dependency })
    }
  }
}
