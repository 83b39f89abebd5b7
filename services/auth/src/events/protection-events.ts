import type { Observers } from './observers.ts'

type Person = { userId: string }

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

    /** The refusal itself is audited where every refusal is. */
    passwordNotConfirmed({ userId }: Person) {
      log.info({ user_id: userId, outcome: 'failed' }, 'a signed-in person gave the wrong password')
    },

    passwordChanged({ userId }: Person) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'password changed')
      audit.record({ resource: 'password', action: 'change', result: 'allowed', userId })
    },

    totpEnabled({ userId }: Person) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'second factor enabled')
      audit.record({ resource: 'totp', action: 'enable', result: 'allowed', userId })
    },

    totpDisabled({ userId }: Person) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'second factor disabled')
      audit.record({ resource: 'totp', action: 'disable', result: 'allowed', userId })
    },
  }
}
