import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import {
  createBreaker,
  createBulkhead,
  type DependencyLimits,
  describeLimits,
  withTimeout,
} from '@secureconnect/resilience'
import { Agent, request } from 'undici'
import { createAccessTokens } from './access-tokens.ts'
import { countPush, type Push, PushError, type Pusher } from './pusher.ts'
import { readRefusal } from './read-refusal.ts'
import type { ServiceAccount } from './service-account.ts'
import { toMessage } from './to-message.ts'

export type FirebaseOptions = {
  /** Where Firebase is; another one only in tests and behind proxies. */
  url: string
  account: ServiceAccount
  projectId: string
  metrics: Metrics
  log: Logger
}

const inFlight = 4
const waiting = 16

/** The limits of pushing through Firebase, for the list printed at start. */
export const firebaseLimits: DependencyLimits = {
  dependency: 'firebase',
  connectTimeoutMs: 2_000,
  callTimeoutMs: 5_000,
  inFlight: `${inFlight} requests`,
  retries: 'outbox',
}

/** What is wrong with one push, or with how many there are, says nothing about Firebase. */
function isFirebaseFailure(error: unknown): boolean {
  return !(error instanceof PushError) || (error.reason !== 'refused' && error.reason !== 'quota')
}

/** Everything that went wrong on the way; `withTimeout` cuts off with an error of its own what runs out of time. */
function toPushError(error: unknown): PushError {
  if (error instanceof PushError) return error
  const isLate = error instanceof AppError || (error instanceof Error && error.name.includes('Timeout'))
  const reason = isLate ? 'timeout' : 'unreachable'
  return new PushError(reason, `the push was not sent: ${reason}`, { cause: error })
}

/** Sends pushes through Firebase's HTTP v1, whose answer alone says that one was taken. */
export function connectFirebase({ url, account, projectId, metrics, log }: FirebaseOptions): Pusher {
  const { dependency, connectTimeoutMs, callTimeoutMs } = firebaseLimits
  const dispatcher = new Agent({
    connections: inFlight,
    pipelining: 1,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: callTimeoutMs,
    bodyTimeout: callTimeoutMs,
  })
  const tokens = createAccessTokens({ account, dispatcher })
  const breaker = createBreaker({ dependency, metrics, log, isFailure: isFirebaseFailure })
  const bulkhead = createBulkhead({ dependency, limit: inFlight, queue: waiting, waitMs: callTimeoutMs, metrics })
  const endpoint = `${url}/v1/projects/${encodeURIComponent(projectId)}/messages:send`

  log.info({ limits: describeLimits([firebaseLimits]) }, 'firebase configured')

  async function ask(push: Push, signal: AbortSignal): Promise<'sent' | 'unregistered'> {
    const accessToken = await tokens.get(signal)
    const { statusCode, headers, body } = await request(endpoint, {
      dispatcher,
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(toMessage(push)),
      signal,
    })
    if (statusCode === 200) {
      await body.dump()
      return 'sent'
    }
    if (statusCode === 401) tokens.forget(accessToken)
    const retryAfter = headers['retry-after']
    const answer: unknown = await body.json().catch(() => undefined)
    return readRefusal({
      status: statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body: answer,
    })
  }

  const send = (push: Push) =>
    breaker.call(() =>
      bulkhead.run(async () => {
        try {
          return await withTimeout({ dependency, timeoutMs: callTimeoutMs }, (signal) => ask(push, signal))
        } catch (error) {
          throw toPushError(error)
        }
      }),
    )

  return {
    get isReady() {
      return breaker.state !== 'open'
    },
    send: (push) =>
      countPush(metrics, push, async () => {
        const outcome = await send(push)
        log.debug({ type: push.type, platform: push.platform, outcome, dependency }, 'push given to Firebase')
        return outcome
      }),
    async close() {
      breaker.close()
      await dispatcher.destroy()
    },
  }
}
