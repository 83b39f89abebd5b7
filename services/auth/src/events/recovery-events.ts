import type { MailPurpose } from '../stores/mail-tokens.ts'
import type { Observers } from './observers.ts'

type Owner = { userId: string }

const requests = {
  verification: { resource: 'email', action: 'request-verification' },
  'password-reset': { resource: 'password', action: 'request-reset' },
  'email-change': { resource: 'email', action: 'request-change' },
} as const

/** Addresses and what is done by mail: confirming one, changing it, resetting a password. */
export function createRecoveryEvents({ log, metrics, audit }: Observers) {
  return {
    /** The same for an address that nobody has: who asks must not be able to tell. */
    mailRequested({ userId, purpose }: { userId: string | undefined; purpose: MailPurpose }) {
      log.info({ user_id: userId, outcome: 'accepted', purpose }, 'a mail was asked for')
      audit.record({ ...requests[purpose], result: 'allowed', ...(userId && { targetId: userId }) })
    },

    mailRefused({ userId, purpose, reason }: { userId: string; purpose: MailPurpose; reason: 'limit' | 'needless' }) {
      log.info({ user_id: userId, outcome: 'refused', purpose, reason }, 'a mail that was asked for is not sent')
    },

    /** The refusal itself is audited where every refusal is. */
    linkRefused({ userId, purpose }: { userId: string | undefined; purpose: MailPurpose }) {
      log.info({ user_id: userId, outcome: 'failed', purpose }, 'a mailed link does not count')
    },

    emailVerified({ userId }: Owner) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'e-mail address confirmed')
      audit.record({ resource: 'email', action: 'verify', result: 'allowed', userId })
    },

    passwordReset({ userId }: Owner) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'password reset')
      metrics.passwordReset.inc()
      audit.record({ resource: 'password', action: 'reset', result: 'allowed', userId })
    },

    emailChanged({ userId }: Owner) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'e-mail address changed')
      audit.record({ resource: 'email', action: 'change', result: 'allowed', userId })
    },
  }
}
