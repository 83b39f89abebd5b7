import { AppError } from '@secureconnect/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { onRequestEnd } from './request-end.ts'

declare module 'fastify' {
  interface FastifyRequest {
    aborter: AbortController | undefined
    deadlineTimer: NodeJS.Timeout | undefined
  }
}

/**
 * The signal that ends the work for a request whose client has gone or whose time is up. Fastify's own signal and
 * `handlerTimeout` take the end of a request's body for its client's leaving, so neither serves requests with bodies.
 */
export function signalOf(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  if (request.aborter) return request.aborter.signal
  const aborter = new AbortController()
  request.aborter = aborter
  const { raw } = reply
  const isOver = raw.destroyed || Date.now() >= (request.facts.deadlineAt ?? Number.POSITIVE_INFINITY)
  if (isOver) aborter.abort()
  raw.once('close', () => {
    if (!raw.writableFinished) aborter.abort()
  })
  return aborter.signal
}

/** Answers 504 when the deadline has come, whatever the handler is still waiting for. */
export function registerDeadline(app: FastifyInstance): void {
  app.decorateRequest('aborter', undefined)
  app.decorateRequest('deadlineTimer', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const { deadlineAt } = request.facts
    if (deadlineAt === undefined) return done()
    request.deadlineTimer = setTimeout(() => {
      request.aborter?.abort()
      if (!reply.sent) reply.send(new AppError('REQUEST_TIMEOUT', 'The answer took too long.'))
    }, deadlineAt - Date.now())
    done()
  })
  onRequestEnd(app, ({ request }) => clearTimeout(request.deadlineTimer))
}
