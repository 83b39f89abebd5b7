import type { Audit } from '@secureconnect/audit'
import { AppError } from '@secureconnect/errors'
import type { RateLimiter } from '@secureconnect/kv'
import type { Operation } from '@secureconnect/protocol'
import { type LoadShedder, priorityOf, runAs } from '../load-shedding.ts'
import type { ratesOf } from '../rate-settings.ts'
import type { FrameInput } from './frames.ts'

type Needed = {
  limiter: RateLimiter
  rates: ReturnType<typeof ratesOf>
  audit: Audit
  load: LoadShedder
}

/**
 * What a frame asks and REST could be asked too counts against the same limit, gives way to the same load, and is written
 * down where it is refused.
 */
export function likeOperation<I extends FrameInput, R>(
  { limiter, rates, audit, load }: Needed,
  operation: Operation,
  handle: (input: I) => Promise<R>,
): (input: I) => Promise<R> {
  const { rate, path, audit: protects } = operation
  const priority = priorityOf(operation)
  return async (input) => {
    const { userId, sessionId } = input.caller
    load.assertRoom(priority)
    if (rate !== 'unlimited') {
      const key = `${rate}:user:${userId}`
      const { isAllowed, retryAfterMs } = await limiter.take({ key, rate: rates[rate], endpoint: path })
      if (!isAllowed) throw new AppError('RATE_LIMITED', 'Too many requests; try again later.', { retryAfterMs })
    }
    try {
      return await runAs(priority, () => handle(input))
    } catch (error) {
      if (protects && error instanceof AppError && error.status === 403)
        audit.record({ ...protects, result: 'denied', reason: error.code, userId, sessionId })
      throw error
    }
  }
}
