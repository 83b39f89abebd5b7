import type { Audit } from '@secureconnect/audit'
import type { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'

type SocketFacts = { requestId: string; clientIp: string; endpoint: string }

/** What happens at the gateway, each told once: log line, counter and audit record together. */
export type Events = ReturnType<typeof createEvents>

export function createEvents({ log, metrics, audit }: { log: Logger; metrics: Metrics; audit: Audit }) {
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

    /** Refused by the gateway itself; what the service refuses, the service audits. */
    socketRefused({ error, ...facts }: SocketFacts & { error: AppError }) {
      const { code } = error
      metrics.websocketErrors.inc({ error: code })
      const fields = {
        ...fieldsOf(facts),
        outcome: 'refused',
        reason: code,
        ...(error.cause !== undefined && { error: error.cause }),
      }
      log.info(fields, 'socket refused')
      if (code === 'FORBIDDEN') {
        audit.record({ resource: 'socket', action: 'open', result: 'denied', reason: code })
      }
    },
  }
}
