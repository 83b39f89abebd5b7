import type { RateDecision, RateLimiter } from '@secureconnect/kv'
import type { Rate, RateClass } from '@secureconnect/protocol'
import { networkOf } from '@secureconnect/service'
import type { Identify } from './identify.ts'

/** One request to be counted. */
export type Counted = { rateClass: RateClass; endpoint: string; clientIp: string; authorization: string | undefined }

/** What a limit says of a request, and the headers that tell the client. */
export type Verdict = { isAllowed: boolean; retryAfterMs: number; headers: Record<string, string> }

export type RateLimits = { take(counted: Counted): Promise<Verdict> }

export type RateLimitsOptions = {
  limiter: RateLimiter
  rates: Readonly<Record<RateClass, Rate>>
  identify: Identify
}

/** Names a limit, its size and its window for the RateLimit-Policy field. */
function describePolicy(name: string, { perMinute, burst }: Rate): string {
  return `"${name}";q=${burst};w=${Math.ceil((burst * 60) / perMinute)}`
}

function toVerdict(name: string, policy: string, decision: RateDecision): Verdict {
  const { isAllowed, limit, remaining, resetAt, retryAfterMs } = decision
  const resetMs = resetAt.getTime()
  return {
    isAllowed,
    retryAfterMs,
    headers: {
      'x-ratelimit-limit': `${limit}`,
      'x-ratelimit-remaining': `${remaining}`,
      'x-ratelimit-reset': `${Math.ceil(resetMs / 1_000)}`,
      ratelimit: `"${name}";r=${remaining};t=${Math.max(0, Math.ceil((resetMs - Date.now()) / 1_000))}`,
      'ratelimit-policy': policy,
    },
  }
}

/** The one of two verdicts that binds: a refusal before a permission, the longer wait, the fewer left. */
function isTighter(a: RateDecision, b: RateDecision): boolean {
  if (a.isAllowed !== b.isAllowed) return !a.isAllowed
  return a.isAllowed ? a.remaining < b.remaining : a.retryAfterMs > b.retryAfterMs
}

/**
 * Counts requests by their class: against the user where one is known, else against the network he comes from, which
 * then also shares one limit for all it sends.
 */
export function createRateLimits({ limiter, rates, identify }: RateLimitsOptions): RateLimits {
  const policies = Object.entries(rates).map(([name, rate]) => [name, describePolicy(name, rate)])
  const policyOf: Readonly<Record<RateClass, string>> = Object.fromEntries(policies)
  const judge = (name: RateClass, decision: RateDecision) => toVerdict(name, policyOf[name], decision)

  return {
    async take({ rateClass, endpoint, clientIp, authorization }) {
      const rate = rates[rateClass]
      const userId = authorization === undefined ? undefined : await identify(authorization)
      if (userId !== undefined) {
        return judge(rateClass, await limiter.take({ key: `${rateClass}:user:${userId}`, rate, endpoint }))
      }
      const network = networkOf(clientIp)
      const [own, shared] = await Promise.all([
        limiter.take({ key: `${rateClass}:network:${network}`, rate, endpoint }),
        limiter.take({ key: `network:${network}`, rate: rates.network, endpoint: 'network' }),
      ])
      return isTighter(shared, own) ? judge('network', shared) : judge(rateClass, own)
    },
  }
}
