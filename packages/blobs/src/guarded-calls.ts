import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import {
  createBreaker,
  createBulkhead,
  createRetryBudget,
  describeLimits,
  type Probe,
  retry,
  startProbe,
  withTimeout,
} from '@secureconnect/resilience'
import { blobLimits, blobStoreLimits } from './blob-limits.ts'
import { type BlobFailure, BlobStoreError } from './blob-store-error.ts'

const operations = [
  'abort_parts',
  'begin_parts',
  'check_room',
  'copy',
  'finish_parts',
  'get',
  'list',
  'put',
  'remove',
  'stat',
] as const
const statuses = ['success', 'failure', 'circuit_breaker_open'] as const

/** What the store is asked for. */
export type BlobOperation = (typeof operations)[number]

/** One kind of call to the store. */
export type Call = {
  operation: BlobOperation
  timeoutMs?: number
  /** It must not happen twice, so it is not tried again. */
  isOnce?: boolean
}

/** The one way to the store: bounded, counted, and kept from it while it is away. */
export type GuardedCalls = AsyncDisposable & {
  /** Runs one call; whatever goes wrong comes as a `BlobStoreError`. */
  run<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Throws while the store is known to be away, without asking it. */
  assertNotAway(): void
  readonly probe: Probe
}

export type Observers = { metrics: Metrics; log: Logger }

type Options = Observers & {
  /** Throws while the store cannot be used. */
  check: (signal: AbortSignal) => Promise<unknown>
  /** What the adapter's own errors say. */
  findReason: (error: unknown) => BlobFailure
}

const { dependency } = blobStoreLimits

/** A store that is full still gives what it has: only uploads are refused. */
function speaksAgainstStore(error: unknown): boolean {
  return error instanceof BlobStoreError && error.reason !== 'full'
}

function isWorthRetrying(error: unknown): boolean {
  return error instanceof BlobStoreError && (error.reason === 'unreachable' || error.reason === 'failed')
}

/** What ends a call from outside is a 503 of `resilience`; what ends it from our side is no fault of the store. */
function toBlobStoreError(error: unknown, findReason: Options['findReason']): AppError {
  if (error instanceof BlobStoreError) return error
  if (!(error instanceof AppError)) return new BlobStoreError(findReason(error), { cause: error })
  if (error.code !== 'SERVICE_UNAVAILABLE') return error
  return new BlobStoreError('timeout', { cause: error.cause })
}

/** Counts calls by what they were for and how they ended. */
function createCount({ minioRequests, minioErrors }: Metrics) {
  for (const operation of operations) {
    for (const status of statuses) minioRequests.inc({ operation, status }, 0)
  }
  return async <T>(operation: BlobOperation, work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work()
      minioRequests.inc({ operation, status: 'success' })
      return result
    } catch (error) {
      const reason = error instanceof BlobStoreError ? error.reason : 'given_up'
      minioRequests.inc({ operation, status: reason === 'away' ? 'circuit_breaker_open' : 'failure' })
      minioErrors.inc({ operation, error_type: reason })
      throw error
    }
  }
}

/** Creates the way to a store: timeout, bulkhead, breaker, retries, probe and metrics, the same for each kind of store. */
export function createGuardedCalls({ metrics, log, check, findReason }: Options): GuardedCalls {
  const breaker = createBreaker({
    dependency,
    metrics,
    log,
    isFailure: speaksAgainstStore,
    stateGauge: metrics.minioCircuitBreakerState,
  })
  const { inFlight: limit, queue, callMs, attempts, retryRatio, probeMs } = blobLimits
  const bulkhead = createBulkhead({ dependency, limit, queue, waitMs: callMs, metrics })
  const budget = createRetryBudget({ ratio: retryRatio })
  const probe = startProbe({ name: dependency, check, timeoutMs: probeMs, breaker })
  const count = createCount(metrics)
  log.info({ limits: describeLimits([blobStoreLimits]) }, 'store of files configured')

  const attempt = async <T>({ timeoutMs = callMs }: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    bulkhead.run(() =>
      withTimeout({ dependency, timeoutMs }, work).catch((error: unknown) => {
        throw toBlobStoreError(error, findReason)
      }),
    )
  const createRefusal = (cause: unknown) => {
    const retryAfterMs = cause instanceof AppError ? cause.retryAfterMs : undefined
    return new BlobStoreError('away', { cause, retryAfterMs })
  }
  /** What the breaker itself throws says that the store is away. */
  const guard = async <T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    let isTried = false
    try {
      return await breaker.call(() => {
        isTried = true
        return attempt(call, work)
      })
    } catch (error) {
      throw isTried ? error : createRefusal(error)
    }
  }

  return {
    probe,
    assertNotAway() {
      if (breaker.state === 'open') throw createRefusal(undefined)
    },
    run(call, work) {
      const { operation, isOnce = false } = call
      const shouldRetry = (error: unknown) => !isOnce && isWorthRetrying(error)
      const options = { dependency, attempts, budget, shouldRetry, metrics }
      return count(operation, () => retry(() => guard(call, work), options))
    },
    async [Symbol.asyncDispose]() {
      probe.close()
      breaker.close()
    },
  }
}
