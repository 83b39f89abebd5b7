import { AppError } from '@secureconnect/errors'
import type { Metrics } from '@secureconnect/metrics'

/** A push that is ready to go to one device. */
export type Push = {
  /** The device's registration token. */
  token: string
  platform: 'android' | 'ios' | 'web'
  /** What it is about, for metrics and logs: `message`, `mention`, … */
  type: string
  title: string
  body: string
  /** Text values that the app reads when the push comes. */
  data: Readonly<Record<string, string>>
  /** Of several with the same one a device shows the last. At most 32 characters. */
  collapseKey: string
  /** After this it is better not delivered at all. */
  timeToLiveMs: number
}

/** Sends pushes, one attempt each: trying again is the outbox's work. */
export type Pusher = {
  /** Whether it makes sense to try: false while what delivers pushes is known to be away. */
  readonly isReady: boolean
  /** Answers `unregistered` when the device no longer wants any: its token is to be removed. */
  send(push: Push): Promise<'sent' | 'unregistered'>
  close(): Promise<void>
}

/** `refused` speaks against the push, `quota` against how many there are, the rest against what delivers them. */
export type FailureReason = 'refused' | 'quota' | 'login' | 'unavailable' | 'timeout' | 'unreachable'

/** A push that was not taken over, and why. */
export class PushError extends AppError {
  readonly reason: FailureReason

  constructor(reason: FailureReason, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(reason === 'refused' ? 'UPSTREAM_ERROR' : 'SERVICE_UNAVAILABLE', message, options)
    this.name = 'PushError'
    this.reason = reason
  }
}

/** Counts a push as sent or failed. */
export async function countPush(
  { pushNotifications, pushNotificationsFailed }: Pick<Metrics, 'pushNotifications' | 'pushNotificationsFailed'>,
  { type, platform }: Push,
  send: () => Promise<'sent' | 'unregistered'>,
): Promise<'sent' | 'unregistered'> {
  try {
    const outcome = await send()
    if (outcome === 'sent') pushNotifications.inc({ type, platform })
    else pushNotificationsFailed.inc({ type, platform, reason: outcome })
    return outcome
  } catch (error) {
    const reason = error instanceof PushError ? error.reason : 'unavailable'
    pushNotificationsFailed.inc({ type, platform, reason })
    throw error
  }
}
