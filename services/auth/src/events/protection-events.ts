import type { Observers } from './observers.ts'

type Refusal = {
  userId: string | undefined
  reason: 'held' | 'account locked' | 'network locked'
  retryAfterMs: number | undefined
}

/** What keeps accounts safe: guesses refused, passwords and second factors changed. */
export function createProtectionEvents({ log, metrics, audit }: Observers) {
  return {
    attemptRefused({ userId, reason, retryAfterMs }: Refusal) {
      const fields = { user_id: userId, outcome: 'refused', reason, retry_after_ms: retryAfterMs }
      log.info(fields, 'an attempt to sign in was refused')
      metrics.accountLocked.inc()
      audit.record({
        resource: 'session',
        action: 'login',
        result: 'denied',
        reason,
        ...(userId && { targetId: userId }),
      })
    },
  }
}
