import { createHash } from 'node:crypto'
import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { CallWebhook, TestWebhook } from '@secureconnect/protocol'
import { createBreaker, type DependencyLimits, describeLimits, withTimeout } from '@secureconnect/resilience'
import { Agent, request } from 'undici'
import { webhooksAtOnce } from './relay-webhooks.ts'
import { signPost } from './signature.ts'

/** Posts webhooks, one attempt each: trying again is the outbox's work. */
export type Webhooks = AsyncDisposable & {
  /** Tells these settings from others, and nothing of them. */
  readonly settings: string
  /** False while the receiver is known to be away. */
  readonly isReady: boolean
  /** Throws unless the receiver has taken it. The same id at every attempt tells it that it had one before. */
  post(id: string, webhook: CallWebhook | TestWebhook): Promise<void>
}

type Options = { url: string; keys: readonly Buffer[]; metrics: Metrics; log: Logger }

const webhookLimits: DependencyLimits = {
  dependency: 'webhook',
  connectTimeoutMs: 2_000,
  callTimeoutMs: 10_000,
  inFlight: `${webhooksAtOnce} requests`,
  retries: 'outbox',
}
const answerBytes = 65_536
const longestWaitMs = 900_000

function readRetryAfter(header: string | string[] | undefined): { retryAfterMs?: number } {
  const seconds = Number(header)
  return seconds > 0 ? { retryAfterMs: Math.min(seconds * 1_000, longestWaitMs) } : {}
}

/** Posts to where the operator wants webhooks, who may answer anything of 200 to 299 for "taken". */
export function connectWebhooks({ url, keys, metrics, log }: Options): Webhooks {
  const { dependency, connectTimeoutMs, callTimeoutMs } = webhookLimits
  const dispatcher = new Agent({ connections: webhooksAtOnce, pipelining: 1, connect: { timeout: connectTimeoutMs } })
  const breaker = createBreaker({ dependency, metrics, log })
  log.info({ limits: describeLimits([webhookLimits]) }, 'webhooks configured')

  async function send(id: string, body: string, signal: AbortSignal): Promise<void> {
    const answer = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signPost({ id, body, at: new Date() }, keys) },
      body,
      signal,
    })
    // What it says beside that makes no difference, also where it never ends.
    answer.body.dump({ limit: answerBytes, signal }).catch(() => undefined)
    if (answer.statusCode >= 200 && answer.statusCode < 300) return
    const retry = readRetryAfter(answer.headers['retry-after'])
    throw new AppError('UPSTREAM_ERROR', `The receiver of webhooks answered ${answer.statusCode}.`, retry)
  }

  const settings = createHash('sha256').update([url, ...keys.map((key) => key.toString('base64'))].join('\n'))
  return {
    settings: settings.digest('base64url'),
    get isReady() {
      return breaker.state !== 'open'
    },
    post: (id, webhook) =>
      breaker.call(() =>
        withTimeout({ dependency, timeoutMs: callTimeoutMs }, (signal) => send(id, JSON.stringify(webhook), signal)),
      ),
    async [Symbol.asyncDispose]() {
      breaker.close()
      await dispatcher.destroy()
    },
  }
}
