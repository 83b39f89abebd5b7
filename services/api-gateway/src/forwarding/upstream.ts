import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { ServiceName } from '@secureconnect/protocol'
import {
  type Breaker,
  type Bulkhead,
  createBreaker,
  createBulkhead,
  createRetryBudget,
  type DependencyLimits,
  type Probe,
  retry,
  startProbe,
} from '@secureconnect/resilience'
import type { Pool } from 'undici'
import { ask, UpstreamPool } from './undici.ts'

/** What an upstream may cost at most. More than the waiting calls fit nowhere: they get 503 at once. */
export const upstreamLimits = {
  connectMs: 250,
  inFlight: 64,
  waiting: 256,
  waitMs: 1_000,
  probeMs: 1_000,
} as const

/** The services that operations and sockets are forwarded to. */
export type UpstreamName = Exclude<ServiceName, 'api-gateway'>

export type UpstreamOptions = { name: string; url: string; metrics: Metrics; log: Logger }

/** Nothing was sent, so nothing can happen twice. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

/**
 * One service behind the gateway: its connections, its breaker and the probe that looks after it.
 *
 * What speaks against an upstream is that it cannot be reached, breaks off or answers no HTTP of ours. An answer in the
 * common shape never does, whatever its status: a service that tells 503 because its database is away still serves the
 * public keys, and must not lose those too. Nor does a deadline that passes, because a client that sends its body
 * slowly could make it pass at will; whether an upstream hangs is for the probe to find out, within two rounds.
 */
export class Upstream {
  readonly name: string
  readonly url: URL
  readonly pool: Pool
  readonly breaker: Breaker
  readonly probe: Probe
  readonly #probePool: Pool
  readonly #bulkhead: Bulkhead
  readonly #budget = createRetryBudget({ ratio: 0.1 })
  readonly #metrics: Metrics

  constructor({ name, url, metrics, log }: UpstreamOptions) {
    const dependency = `upstream:${name}`
    const { connectMs, inFlight, waiting, waitMs, probeMs } = upstreamLimits
    this.name = name
    this.url = new URL(url)
    this.#metrics = metrics
    this.pool = new UpstreamPool(this.url.origin, {
      connections: inFlight,
      pipelining: 1,
      connect: { timeout: connectMs },
    })
    // A connection of its own: a service that is merely busy must not look dead.
    this.#probePool = new UpstreamPool(this.url.origin, {
      connections: 1,
      pipelining: 1,
      connect: { timeout: connectMs },
    })
    this.breaker = createBreaker({ dependency, metrics, log })
    this.#bulkhead = createBulkhead({ dependency, limit: inFlight, queue: waiting, waitMs, metrics })
    this.probe = startProbe({
      name: dependency,
      check: (signal) => this.#checkHealth(signal),
      timeoutMs: probeMs,
      breaker: this.breaker,
    })
  }

  /** Whether it is taken to be away, or was not there when it was last looked at. */
  get isAway(): boolean {
    return this.breaker.state === 'open' || this.probe.state.status === 'down'
  }

  get effectiveLimits(): DependencyLimits {
    const { connectMs, inFlight } = upstreamLimits
    const dependency = `upstream:${this.name}`
    return { dependency, connectTimeoutMs: connectMs, callTimeoutMs: 5_000, inFlight: `${inFlight}`, retries: 'GET, 1' }
  }

  /** Does work that calls this upstream, when it is taken to be there and there is room. */
  run<T>(work: () => Promise<T>, options?: { isCritical: boolean }): Promise<T> {
    return this.#bulkhead.run(() => this.breaker.call(work), options)
  }

  /** The same for work that may be done twice: once more if the first connection was refused. */
  runTwice<T>(work: () => Promise<T>, options?: { isCritical: boolean }): Promise<T> {
    const repetition = { attempts: 2, budget: this.#budget, shouldRetry: isRefused, metrics: this.#metrics }
    const repeated = () => retry(() => this.breaker.call(work), { ...repetition, dependency: this.name })
    return this.#bulkhead.run(repeated, options)
  }

  async #checkHealth(signal: AbortSignal): Promise<void> {
    const { statusCode, body } = await ask(this.#probePool, { path: '/health', method: 'GET', signal })
    await body.dump()
    if (statusCode !== 200) throw new Error(`status ${statusCode}`)
  }

  async close(): Promise<void> {
    this.probe.close()
    this.breaker.close()
    await Promise.all([this.pool.destroy(), this.#probePool.destroy()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
