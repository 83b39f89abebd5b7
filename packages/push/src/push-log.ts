import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { countPush, type Pusher } from './pusher.ts'

type Options = { metrics: Pick<Metrics, 'pushNotifications' | 'pushNotificationsFailed'>; log: Logger }

/** The embedded mode's pusher: writes to the log that a push would have gone out, without what it says. */
export function createPushLog({ metrics, log }: Options): Pusher {
  return {
    isReady: true,
    send: (push) =>
      countPush(metrics, push, async () => {
        const { type, platform, timeToLiveMs } = push
        log.info({ type, platform, time_to_live_ms: timeToLiveMs }, 'push written')
        return 'sent'
      }),
    close: async () => undefined,
  }
}
