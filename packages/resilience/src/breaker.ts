import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { RecentCalls } from './recent-calls.ts'

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

/** Written out rather than left to opossum, whose events were 7 % of what the gateway spent on a request. */
class CircuitBreaker implements Breaker {
  readonly #dependency: string
  readonly #isFailure: (error: unknown) => boolean
  readonly #tell: (state: BreakerState) => void
  readonly #recent = new RecentCalls(breakerLimits.windowMs)
  /** Set while the breaker is open: when it opened, and whether it has rested since. */
  #opened: { at: number; hasRested: boolean } | undefined
  #rest: NodeJS.Timeout | undefined
  #isTrying = false
  #isProbed = false
  #failedProbes = 0

  constructor(options: BreakerOptions) {
    this.#dependency = options.dependency
    this.#isFailure = options.isFailure ?? isDependencyFailure
    this.#tell = createTeller(options)
  }

  get state(): BreakerState {
    if (!this.#opened) return 'closed'
    return this.#opened.hasRested && !this.#isProbed ? 'half-open' : 'open'
  }

  async call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#opened) return this.#try(work)
    try {
      const result = await work()
      this.#recent.add({ hasFailed: false })
      return result
    } catch (error) {
      this.#count(error)
      throw error
    }
  }

  report(isUp: boolean): void {
    // A probe that has seen it go sees it come back as well: then nothing is won by a rest.
    const wasSeenAway = this.#failedProbes >= breakerLimits.failedProbes
    this.#isProbed = true
    this.#failedProbes = isUp ? 0 : this.#failedProbes + 1
    if (!this.#opened && this.#failedProbes >= breakerLimits.failedProbes) this.#open()
    if (!isUp || !this.#opened || !(this.#opened.hasRested || wasSeenAway)) return
    this.#tell('half-open')
    this.#shut()
  }

  close(): void {
    clearTimeout(this.#rest)
  }

  /** One call at a time finds out whether the dependency is back. */
  async #try<T>(work: () => Promise<T>): Promise<T> {
    if (this.state === 'open' || this.#isTrying) throw this.#createRefusal()
    this.#isTrying = true
    try {
      const result = await work()
      this.#shut()
      return result
    } catch (error) {
      if (this.#isFailure(error)) this.#open()
      else this.#shut()
      throw error
    } finally {
      this.#isTrying = false
    }
  }

  #count(error: unknown): void {
    const hasFailed = this.#isFailure(error)
    this.#recent.add({ hasFailed })
    if (!hasFailed || this.#opened) return
    const { calls, failures } = this.#recent.count()
    const isEnough = calls >= breakerLimits.minCalls
    if (isEnough && failures * 100 >= calls * breakerLimits.failurePercent) this.#open()
  }

  #open(): void {
    const opened = { at: Date.now(), hasRested: false }
    this.#opened = opened
    this.#tell('open')
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => {
      opened.hasRested = true
      this.#tell(this.state)
    }, pickRestMs()).unref()
  }

  /** The failures that opened it are history: with them a single new one would open it again. */
  #shut(): void {
    this.#opened = undefined
    this.#recent.clear()
    this.#tell('closed')
  }

  #createRefusal(): AppError {
    const restMs = (this.#opened?.at ?? 0) + breakerLimits.restMs - Date.now()
    return new AppError('SERVICE_UNAVAILABLE', 'A part of the service is away; try again shortly.', {
      cause: new Error(`the breaker of ${this.#dependency} is open`),
      retryAfterMs: Math.max(1_000, restMs),
    })
  }
}

/** Creates the breaker of one dependency (or of one kind of call to it). */
export function createBreaker(options: BreakerOptions): Breaker {
  return new CircuitBreaker(options)
}
