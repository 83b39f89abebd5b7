import { EventEmitter } from 'node:events'
import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import CircuitBreaker from 'opossum'

export type BreakerState = 'closed' | 'half-open' | 'open'

/** Keeps calls away from a dependency that fails, and finds out when it is back. */
export type Breaker = {
  readonly state: BreakerState
  /** Runs `work`, or refuses with SERVICE_UNAVAILABLE at once while the dependency is taken to be away. */
  call<T>(work: () => Promise<T>): Promise<T>
  /**
   * Tells how a background probe ended. Two bad ones in a row open the breaker. Once a dependency is probed, the probe
   * is also what tries it again, so that no request has to.
   */
  report(isUp: boolean): void
  close(): void
}

export type BreakerOptions = {
  dependency: string
  metrics: Pick<Metrics, 'circuitBreakerState' | 'circuitBreakerTransitions'>
  log: Logger
  /** Where a dependency has a gauge of its own beside the common one. */
  stateGauge?: { set(state: number): void }
  /** Whether an error speaks against the dependency; see `isDependencyFailure`. */
  isFailure?: (error: unknown) => boolean
}

/** The numbers of every breaker. */
export const breakerLimits = {
  failurePercent: 50,
  minCalls: 20,
  windowMs: 10_000,
  failedProbes: 2,
  restMs: 5_000,
} as const

const windowParts = 10
const restJitter = 0.2
const stateNumbers: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 }

/** A refused request and a client that has gone say nothing about the dependency; everything else counts against it. */
export function isDependencyFailure(error: unknown): boolean {
  if (!(error instanceof AppError)) return true
  return error.status >= 500 && error.code !== 'REQUEST_TIMEOUT'
}

function pickRestMs(): number {
  return Math.round(breakerLimits.restMs * (1 - restJitter + 2 * restJitter * Math.random()))
}

function createCircuit(dependency: string, isFailure: (error: unknown) => boolean) {
  const window = new EventEmitter()
  const settings = {
    name: dependency,
    timeout: false,
    // opossum opens above its threshold; ours is "at 50 %".
    errorThresholdPercentage: breakerLimits.failurePercent - 0.1,
    volumeThreshold: breakerLimits.minCalls,
    rollingCountTimeout: breakerLimits.windowMs,
    rollingCountBuckets: windowParts,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    rotateBucketController: window,
    resetTimeout: pickRestMs(),
    errorFilter: (error: unknown) => !isFailure(error),
  } satisfies CircuitBreaker.Options
  const circuit = new CircuitBreaker((work: () => Promise<unknown>) => work(), settings)
  const rotation = setInterval(() => window.emit('rotate'), breakerLimits.windowMs / windowParts).unref()
  circuit.on('halfOpen', () => {
    settings.resetTimeout = pickRestMs()
  })
  circuit.on('close', () => {
    // The failures that opened it are history: without this a single new one would open it again.
    for (let part = 0; part < windowParts; part++) window.emit('rotate')
  })
  circuit.on('shutdown', () => clearInterval(rotation))
  return circuit
}

/** Tells each change of state once: by metric always, by a log line when the dependency goes and when it is back. */
function createTeller({ dependency, metrics, log, stateGauge }: BreakerOptions): (state: BreakerState) => void {
  let told: BreakerState = 'closed'
  let isAway = false
  const show = (state: BreakerState) => {
    metrics.circuitBreakerState.set({ dependency }, stateNumbers[state])
    stateGauge?.set(stateNumbers[state])
  }
  show('closed')
  for (const to of ['closed', 'half-open', 'open']) metrics.circuitBreakerTransitions.inc({ dependency, to }, 0)
  return (state) => {
    if (state === told) return
    told = state
    show(state)
    metrics.circuitBreakerTransitions.inc({ dependency, to: state })
    if (state === 'open' && !isAway) log.warn({ dependency }, 'dependency is away: its breaker is open')
    if (state === 'closed') log.info({ dependency }, 'dependency is back: its breaker is closed')
    isAway = state !== 'closed'
  }
}

/** Creates the breaker of one dependency (or of one kind of call to it). */
export function createBreaker(options: BreakerOptions): Breaker {
  const { dependency, isFailure = isDependencyFailure } = options
  const circuit = createCircuit(dependency, isFailure)
  const tell = createTeller(options)
  let isProbed = false
  let failedProbes = 0
  let openedAt = 0

  const readState = (): BreakerState => {
    if (circuit.closed) return 'closed'
    return circuit.halfOpen && !isProbed ? 'half-open' : 'open'
  }
  const createRefusal = () => {
    const restMs = openedAt + breakerLimits.restMs - Date.now()
    return new AppError('SERVICE_UNAVAILABLE', 'A part of the service is away; try again shortly.', {
      cause: new Error(`the breaker of ${dependency} is open`),
      retryAfterMs: Math.max(1_000, restMs),
    })
  }
  circuit.on('open', () => {
    openedAt = Date.now()
    tell('open')
  })
  circuit.on('halfOpen', () => tell(readState()))
  circuit.on('close', () => tell('closed'))

  return {
    get state() {
      return readState()
    },
    async call<T>(work: () => Promise<T>): Promise<T> {
      if (readState() === 'open') throw createRefusal()
      try {
        // opossum answers with what `work` answered.
        return (await circuit.fire(work)) as T
      } catch (error) {
        throw error instanceof Error && CircuitBreaker.isOurError(error) ? createRefusal() : error
      }
    },
    report(isUp) {
      isProbed = true
      failedProbes = isUp ? 0 : failedProbes + 1
      if (circuit.closed && failedProbes >= breakerLimits.failedProbes) circuit.open()
      if (!isUp || !circuit.halfOpen) return
      tell('half-open')
      circuit.close()
    },
    close: () => circuit.shutdown(),
  }
}
