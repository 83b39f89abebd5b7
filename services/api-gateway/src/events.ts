import type { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'

type SocketFacts = { requestId: string; clientIp: string; endpoint: string }

/** What happens at the gateway, each told once: log line and counter together. */
export type Events = ReturnType<typeof createEvents>

export function createEvents({ log, metrics }: { log: Logger; metrics: Metrics }) {
  const fieldsOf = ({ requestId, clientIp, endpoint }: SocketFacts) => ({
    request_id: requestId,
    client_ip: clientIp,
    endpoint,
  })

  return {
    answerBroken({ upstream, error }: { upstream: string; error: unknown }) {
      log.warn({ upstream, error, outcome: 'failed' }, 'an answer broke off on its way to the client')
    },

    socketOpened(facts: SocketFacts) {
      metrics.websocketConnections.inc()
      log.info({ ...fieldsOf(facts), outcome: 'succeeded' }, 'socket bridged')
    },

    socketClosed({ seconds, ...facts }: SocketFacts & { seconds: number }) {
      metrics.websocketConnections.dec()
      log.info({ ...fieldsOf(facts), duration_s: Math.round(seconds) }, 'socket closed')
    },

    /** The error itself is answered, logged and audited where every error is. */
    socketRefused({ error }: { error: AppError }) {
      metrics.websocketErrors.inc({ error: error.code })
    },
  }
}
