import { withRequest } from '@secureconnect/logging'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What proxies write for a request whose client left before its answer. */
const clientLeft = 499

/** How a request ended: its answer's status, 101 where it became a socket, or 499. */
export type RequestEnd = { request: FastifyRequest; reply: FastifyReply; status: number; tookMs: number }

declare module 'fastify' {
  interface FastifyRequest {
    /** Fastify's own clock runs only where a hook hears of answers. */
    startedAt: number
    /** Who hears of the request's end; undefined once it has come. */
    endings: ((status: number) => void)[] | undefined
  }
}

/** Says that a request is over; only the first time counts. */
export function endRequest(request: FastifyRequest, status: number): void {
  const { endings = [], facts } = request
  request.endings = undefined
  withRequest(facts, () => {
    for (const hear of endings) hear(status)
  })
}

/** Notices the end of each request, also when its client left: Fastify's own hook hears only of answers. */
export function registerRequestEnd(app: FastifyInstance): void {
  app.decorateRequest('startedAt', 0)
  app.decorateRequest('endings', undefined)
  app.addHook('onRequest', (request, { raw }, done) => {
    request.startedAt = performance.now()
    request.endings = []
    raw.once('finish', () => endRequest(request, raw.statusCode))
    raw.once('close', () => endRequest(request, clientLeft))
    done()
  })
}

/** Hears of each request's end once. */
export function onRequestEnd(app: FastifyInstance, hear: (end: RequestEnd) => void): void {
  app.addHook('onRequest', (request, reply, done) => {
    request.endings?.push((status) => {
      hear({ request, reply, status, tookMs: performance.now() - request.startedAt })
    })
    done()
  })
}
