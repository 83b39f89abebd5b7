import { currentRequest } from '@secureconnect/logging'
import { networkOf } from '@secureconnect/service'
import type { Observers } from './observers.ts'

const maxCountedNetworks = 100

export type LoginFailure = 'unknown_account' | 'wrong_password' | 'wrong_code'
export type RefreshFailure = 'malformed' | 'unknown' | 'ended' | 'expired' | 'forged' | 'reused'

type Person = { userId: string; sessionId: string }

/** Signing up, signing in, and staying so. */
export function createSignInEvents({ log, metrics, audit }: Observers) {
  const countedNetworks = new Set<string>()

  /** The label of a network: the first hundred have their own, the rest is counted together. */
  function networkLabel(): string {
    const network = networkOf(currentRequest()?.clientIp ?? '')
    if (countedNetworks.size < maxCountedNetworks) countedNetworks.add(network)
    return countedNetworks.has(network) ? network : 'other'
  }

  return {
    registered({ userId, sessionId }: { userId: string; sessionId: string | undefined }) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'account created')
      audit.record({ resource: 'user', action: 'register', result: 'allowed', userId, sessionId })
    },

    loginSucceeded({ userId, sessionId, responseTimeMs }: Person & { responseTimeMs: number }) {
      log.info({ user_id: userId, outcome: 'succeeded', response_time_ms: responseTimeMs }, 'signed in')
      metrics.authAttempts.inc({ method: 'password' })
      metrics.authSuccess.inc({ method: 'password' })
      metrics.loginSuccess.inc()
      audit.record({ resource: 'session', action: 'login', result: 'allowed', userId, sessionId })
    },

    /** The refusal itself is audited where every refusal is; this adds whose account it was. */
    loginFailed({
      userId,
      reason,
      responseTimeMs,
    }: {
      userId: string | undefined
      reason: LoginFailure
      responseTimeMs: number
    }) {
      log.info({ user_id: userId, outcome: 'failed', reason, response_time_ms: responseTimeMs }, 'login failed')
      metrics.authAttempts.inc({ method: 'password' })
      metrics.authFailures.inc({ method: 'password', reason })
      metrics.loginFailed.inc()
      metrics.loginFailedByIp.inc({ ip: networkLabel() })
    },

    refreshed({ userId, sessionId, isRepeat }: Person & { isRepeat: boolean }) {
      log.info({ user_id: userId, outcome: 'succeeded', is_repeat: isRepeat }, 'tokens refreshed')
      metrics.authAttempts.inc({ method: 'refresh' })
      metrics.authSuccess.inc({ method: 'refresh' })
      metrics.refreshSuccess.inc()
      audit.record({ resource: 'session', action: 'refresh', result: 'allowed', userId, sessionId })
    },

    refreshFailed({ userId, reason }: { userId?: string | undefined; reason: RefreshFailure }) {
      const fields = { user_id: userId, outcome: 'failed', reason }
      if (reason === 'reused') log.warn(fields, 'a refresh token was used twice: the session was ended')
      else log.info(fields, 'refresh failed')
      metrics.authAttempts.inc({ method: 'refresh' })
      metrics.authFailures.inc({ method: 'refresh', reason })
      metrics.refreshInvalid.inc()
      if (reason === 'ended') metrics.refreshBlacklisted.inc()
      if (reason === 'reused') metrics.refreshReuse.inc()
    },

    loggedOut({ userId, sessionId }: Person) {
      log.info({ user_id: userId, outcome: 'succeeded' }, 'signed out')
      metrics.logout.inc()
      audit.record({ resource: 'session', action: 'logout', result: 'allowed', userId, sessionId })
    },

    sessionRevoked({ userId, sessionId, reason }: Person & { reason: string }) {
      log.info({ user_id: userId, reason }, 'session ended')
      metrics.tokenBlacklisted.inc()
      audit.record({ resource: 'session', action: 'revoke', result: 'allowed', reason, userId, sessionId })
    },
  }
}
