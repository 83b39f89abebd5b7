import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { FastifyInstance } from 'fastify'
import { onRequestEnd } from './request-end.ts'

/** The route template, never a raw path: what strangers make up must not become a label. */
const unmatched = 'unmatched'

/** Counts, times and logs every request. */
export function registerAccessLog(app: FastifyInstance, { log, metrics }: { log: Logger; metrics: Metrics }): void {
  app.addHook('onRoute', ({ method, url, schema }) => {
    const statuses = Object.keys(schema?.response ?? {})
    for (const name of [method].flat()) {
      for (const status of statuses) metrics.httpRequests.inc({ method: name, endpoint: url, status }, 0)
    }
  })
  app.addHook('onRequest', (_request, _reply, done) => {
    metrics.httpRequestsInFlight.inc()
    done()
  })
  onRequestEnd(app, ({ request, status, tookMs }) => {
    const { method } = request
    const endpoint = request.routeOptions.url ?? unmatched
    metrics.httpRequestsInFlight.dec()
    metrics.httpRequests.inc({ method, endpoint, status })
    metrics.httpRequestDuration.observe({ method, endpoint }, tookMs / 1_000)
    if (request.routeOptions.config.operation !== undefined || endpoint === unmatched) {
      const fields = {
        method,
        endpoint,
        status,
        latency_ms: Math.round(tookMs * 10) / 10,
        client_ip: request.ip,
      }
      log.info(fields, 'request answered')
    }
  })
}
