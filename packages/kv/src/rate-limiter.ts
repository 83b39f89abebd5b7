import type { Metrics } from '@secureconnect/metrics'
import { gcraScript } from './gcra.ts'
import type { Kv } from './kv.ts'

/** How fast requests may come: the steady rate, and how many at once. */
export type Rate = { perMinute: number; burst: number }

export type RateDecision = {
  isAllowed: boolean
  /** How many requests at once are allowed to a key that has rested. */
  limit: number
  /** How many are left at once, now. */
  remaining: number
  /** When all of `limit` is available again. */
  resetAt: Date
  /** How long a refused one should wait; 0 when allowed. */
  retryAfterMs: number
}

export type RateLimiter = {
  /** Counts one request of `key`, such as a user or a network within a rate class. */
  take(request: { key: string; rate: Rate; endpoint: string }): Promise<RateDecision>
}

export type RateLimiterOptions = {
  kv: Pick<Kv, 'run'>
  metrics: Pick<Metrics, 'rateLimitHits' | 'rateLimitBlocked'>
  /** Processes that share the limits; without Redis each grants its part, and at least one. */
  replicas: number
}

/** Creates a limiter: exact across processes while Redis answers, a share of the limit in each while it does not. */
export function createRateLimiter({ kv, metrics, replicas }: RateLimiterOptions): RateLimiter {
  return {
    async take({ key, rate, endpoint }) {
      const input = { keys: [`rate:${key}`], args: [rate.perMinute, rate.burst, replicas] }
      const [limit, remaining, fullInUs, waitUs] = await kv.run(gcraScript, input)
      metrics.rateLimitHits.inc({ endpoint })
      if (waitUs > 0) metrics.rateLimitBlocked.inc({ endpoint })
      return {
        isAllowed: waitUs === 0,
        limit,
        remaining,
        resetAt: new Date(Date.now() + fullInUs / 1_000),
        retryAfterMs: Math.ceil(waitUs / 1_000),
      }
    },
  }
}
