import { randomUUID } from 'node:crypto'
import { type RequestContext, withRequest } from '@secureconnect/logging'
import { headers, isRequestId } from '@secureconnect/protocol'
import type { Caller } from '@secureconnect/tokens'
import { createTraceIds, parseTraceparent } from '@secureconnect/tracing'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signalOf } from './request-deadline.ts'

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestContext
    caller: Caller | undefined
  }
  interface FastifyContextConfig {
    /** The operation's name, for routes of the table. */
    operation?: string
    deadlineMs?: number
  }
}

/** Milliseconds left for the answer: what the route grants, or less if whoever asks says so. */
function readDeadlineMs(request: FastifyRequest): number | undefined {
  const granted = request.routeOptions.config.deadlineMs
  const asked = Number(request.headers[headers.deadline] ?? Number.NaN)
  if (granted === undefined || !Number.isFinite(asked)) return granted
  return Math.max(0, Math.min(granted, asked))
}

function readFacts(request: FastifyRequest, reply: FastifyReply): RequestContext {
  const incoming = request.headers[headers.requestId]
  const traceparent = request.headers[headers.traceparent]
  const operation = request.routeOptions.config.operation
  const deadlineMs = readDeadlineMs(request)
  return {
    requestId: isRequestId(incoming) ? incoming : randomUUID(),
    ...createTraceIds(typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined),
    clientIp: request.ip,
    ...(operation && { operation }),
    ...(deadlineMs !== undefined && { deadlineAt: Date.now() + deadlineMs }),
    // Most requests never ask for it.
    get signal() {
      return signalOf(request, reply)
    },
  }
}

/**
 * Puts the facts of each request where logs, audit and outgoing calls find them. Reading a body leaves the
 * asynchronous context of the first hook, so it is entered again afterwards.
 */
export function registerRequestFacts(app: FastifyInstance): void {
  app.decorateRequest('caller', undefined)
  app.decorateRequest('facts')
  app.addHook('onRequest', (request, reply, done) => {
    request.facts = readFacts(request, reply)
    reply.header(headers.requestId, request.facts.requestId)
    withRequest(request.facts, done)
  })
  app.addHook('preValidation', (request, _reply, done) => withRequest(request.facts, done))
}
