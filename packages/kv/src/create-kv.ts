import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { type Breaker, createBreaker, type Probe, startProbe } from '@secureconnect/resilience'
import { Channels } from './channels.ts'
import type { Kv, Listener, SetOptions, SubscribeOptions, Subscription } from './kv.ts'
import { redisLimits } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import type { KvScript, ScriptInput } from './script.ts'
import { createSubscription } from './subscription.ts'

export type KvOptions = {
  redis: Kv
  /** What answers while Redis does not. */
  local: Kv
  metrics: Pick<Metrics, 'redisDegradedMode' | 'circuitBreakerState' | 'circuitBreakerTransitions'>
  log: Logger
}

const dependency = 'redis'

/**
 * A Kv that always answers. What Redis fails to do this process's own memory does, and from the first failure on
 * Redis is asked nothing more until a probe has written and read there: no request waits for it twice.
 */
export class SwitchedKv implements Kv {
  readonly probe: Probe
  readonly #redis: Kv
  readonly #local: Kv
  readonly #metrics: KvOptions['metrics']
  readonly #log: Logger
  readonly #breaker: Breaker
  /** Every subscription once more, to be told of gaps. */
  readonly #channels = new Channels((error) => this.#log.error({ error }, 'a listener failed'))
  #isTrusted = true
  #isDegraded = false

  constructor({ redis, local, metrics, log }: KvOptions) {
    this.#redis = redis
    this.#local = local
    this.#metrics = metrics
    this.#log = log
    this.#breaker = createBreaker({ dependency, metrics, log })
    metrics.redisDegradedMode.set(0)
    this.probe = startProbe({
      name: dependency,
      check: () => redis.ping(),
      timeoutMs: redisLimits.callMs,
      breaker: { report: (isUp) => this.#judge(isUp) },
    })
  }

  get isDegraded(): boolean {
    return this.#isDegraded
  }

  get(key: string): Promise<string | undefined> {
    return this.#answer((kv) => kv.get(key))
  }

  set(key: string, value: string, options: SetOptions): Promise<boolean> {
    return this.#write([key], (kv) => kv.set(key, value, options))
  }

  delete(...keys: string[]): Promise<void> {
    return this.#write(keys, (kv) => kv.delete(...keys))
  }

  increment(key: string, options: { by?: number; ttlMs: number }): Promise<number> {
    return this.#answer((kv) => kv.increment(key, options))
  }

  addToSet(key: string, members: readonly string[], options: { ttlMs: number }): Promise<void> {
    return this.#write([key], (kv) => kv.addToSet(key, members, options))
  }

  removeFromSet(key: string, members: readonly string[]): Promise<void> {
    return this.#write([key], (kv) => kv.removeFromSet(key, members))
  }

  listSet(key: string): Promise<string[]> {
    return this.#answer((kv) => kv.listSet(key))
  }

  publish(channel: string, message: string): Promise<void> {
    return this.#answer((kv) => kv.publish(channel, message))
  }

  /** Listens on both sides: what Redis cannot carry still reaches this process's own listeners. */
  async subscribe(channel: string, listener: Listener, options: SubscribeOptions = {}): Promise<Subscription> {
    const forget = this.#channels.add(channel, { listener, ...options })
    const nearby = await this.#local.subscribe(channel, listener)
    const shared = this.#redis.subscribe(channel, listener, options)
    if (this.#isTrusted) await shared
    return createSubscription(async () => {
      forget()
      await nearby.close()
      await (await shared).close()
    })
  }

  run<T>(script: KvScript<T>, input: ScriptInput): Promise<T> {
    return this.#answer((kv) => kv.run(script, input))
  }

  ping(): Promise<void> {
    return this.#redis.ping()
  }

  async close(): Promise<void> {
    this.probe.close()
    this.#breaker.close()
    await Promise.all([this.#redis.close(), this.#local.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #answer<T>(ask: (kv: Kv) => Promise<T>): Promise<T> {
    if (!this.#isTrusted || this.#breaker.state !== 'closed') return ask(this.#local)
    try {
      return await this.#breaker.call(() => ask(this.#redis))
    } catch (error) {
      this.#noteFailure(error)
      this.#distrust()
      return ask(this.#local)
    }
  }

  /** What Redis now holds is dropped here: at its next failure an older value must not come back. */
  #write<T>(keys: readonly string[], write: (kv: Kv) => Promise<T>): Promise<T> {
    return this.#answer(async (kv) => {
      const result = await write(kv)
      if (kv === this.#redis) await this.#local.delete(...keys)
      return result
    })
  }

  /** Redis being away is told by its breaker; a command that it cannot carry out is a defect of ours. */
  #noteFailure(error: unknown): void {
    const isAway = error instanceof RedisFailure && error.code !== 'other'
    this.#log[isAway ? 'debug' : 'warn']({ dependency, reason: String(error) }, 'redis failed: answering from memory')
  }

  #distrust(): void {
    this.#tellMode()
    if (!this.#isTrusted) return
    this.#isTrusted = false
    void this.probe.checkNow()
  }

  #judge(isUp: boolean): void {
    this.#breaker.report(isUp)
    this.#isTrusted = isUp
    this.#tellMode()
  }

  #tellMode(): void {
    const isDegraded = this.#breaker.state !== 'closed'
    if (isDegraded === this.#isDegraded) return
    this.#isDegraded = isDegraded
    this.#metrics.redisDegradedMode.set(isDegraded ? 1 : 0)
    // What others published meanwhile may have reached nobody but themselves.
    if (!isDegraded) this.#channels.tellGap(this.#channels.list())
  }
}

/** Puts the stand-in beside Redis and begins to watch it. */
export function createKv(options: KvOptions): SwitchedKv {
  return new SwitchedKv(options)
}
