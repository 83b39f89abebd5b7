import { withRequest } from '@secureconnect/logging'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What proxies write for a request whose client left before its answer. */
const clientLeft = 499

/** How a request ended: its answer's status, or 499. */
export type RequestEnd = { request: FastifyRequest; reply: FastifyReply; status: number }

/** Hears of each request's end once, also when its client left: Fastify's own hook hears only of answers. */
export function onRequestEnd(app: FastifyInstance, hear: (end: RequestEnd) => void): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply
    raw.once('close', () => {
      const status = raw.writableFinished ? raw.statusCode : clientLeft
      withRequest(request.facts, () => hear({ request, reply, status }))
    })
    done()
  })
}
