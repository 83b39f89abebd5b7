import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { TurnTransport, TurnUrl } from '../turn/turn-url.ts'

export type RelayEvents = ReturnType<typeof createRelayEvents>

/** What becomes of the ways to a relay, each told once. */
export function createRelayEvents({ log, metrics }: { log: Logger; metrics: Metrics }) {
  return {
    relayUp({ url }: TurnUrl) {
      log.info({ dependency: 'turn', url }, 'relay is up')
    },

    /** Clients are not sent there until it is back. */
    relayDown({ url }: TurnUrl, reason: string | undefined) {
      log.warn({ dependency: 'turn', url, reason }, 'relay is down')
    },

    transportIs(transport: TurnTransport, isUp: boolean) {
      metrics.turnUp.set({ transport }, Number(isUp))
    },
  }
}
