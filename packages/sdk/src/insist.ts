import { delay, fullJitter } from './delay.ts'
import { ApiError, isTemporary } from './errors.ts'

const bounds = { firstMs: 500, mostMs: 15_000 }

/** Tries until it succeeds or is refused for good, with pauses between; once `signal` is aborted a failure is final. */
export async function insist<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isTemporary(error)) throw error
      const { retryAfterMs = 0 } = error instanceof ApiError ? error : {}
      await delay(Math.max(retryAfterMs, fullJitter(failures, bounds)), signal)
      if (signal?.aborted) throw error
    }
  }
}
