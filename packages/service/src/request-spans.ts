import type { Span, Tracing } from '@secureconnect/tracing'
import type { FastifyInstance } from 'fastify'
import { onRequestEnd } from './request-end.ts'

declare module 'fastify' {
  interface FastifyRequest {
    span: Span | undefined
  }
}

/** Records each operation as a span from its first byte to the end of its answer. */
export function registerRequestSpans(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('span', undefined)
  app.addHook('onRequest', (request, _reply, done) => {
    const { operation } = request.routeOptions.config
    if (operation !== undefined) request.span = tracing.startRequestSpan(operation, request.facts, {})
    done()
  })
  onRequestEnd(app, ({ request, status }) => {
    request.span?.end({ attributes: { status }, ...(status >= 500 && { error: `status ${status}` }) })
  })
}
