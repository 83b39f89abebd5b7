import type { RateClass } from '@secureconnect/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { ambiguousRequest, rateLimited } from '../errors.ts'
import { uncleanTarget } from './raw-requests.ts'
import { isBodyPending } from './request-body.ts'
import { securityHeaders } from './security-headers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whatever has a class is counted: all that is forwarded, and what is not there. */
    rate?: RateClass | 'unlimited'
  }
}

function rateClassOf(request: FastifyRequest): RateClass | 'unlimited' {
  return request.routeOptions.config.rate ?? (request.is404 ? 'default' : 'unlimited')
}

/** What every request passes first, found or not: browsers' rules, a clean request, the limits. */
export function registerEdge(app: FastifyInstance, { cors, rateLimits }: Pick<Context, 'cors' | 'rateLimits'>): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    const corsHeaders = cors.headersFor(request)
    if (corsHeaders) reply.headers(corsHeaders)
    const rateClass = rateClassOf(request)
    if (rateClass !== 'unlimited') await count(request, reply, { rateClass, rateLimits })
    if (corsHeaders && cors.isPreflight(request)) return reply.code(204).send()
    if (request.raw.url === uncleanTarget) throw ambiguousRequest()
  })
  app.addHook('onSend', async (request, reply) => {
    if (isBodyPending(request.raw)) reply.header('connection', 'close')
  })
}

async function count(
  request: FastifyRequest,
  reply: FastifyReply,
  { rateClass, rateLimits }: { rateClass: RateClass } & Pick<Context, 'rateLimits'>,
): Promise<void> {
  const { headers, retryAfterMs, isAllowed } = await rateLimits.take({
    rateClass,
    endpoint: request.routeOptions.url ?? 'unmatched',
    clientIp: request.facts.clientIp,
    authorization: request.headers.authorization,
  })
  reply.headers(headers)
  if (!isAllowed) throw rateLimited(retryAfterMs)
}
