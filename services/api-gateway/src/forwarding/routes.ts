import { headers, type Operation } from '@secureconnect/protocol'
import { priorityOf } from '@secureconnect/service'
import { formatTraceparent } from '@secureconnect/tracing'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { listAlternatives, tryInTurn } from './alternatives.ts'
import { exchange } from './exchange.ts'
import { mountOtherMethods } from './other-methods.ts'
import { compilePath, parametersOf } from './path-template.ts'
import { readBody, takeWhole } from './request-body.ts'
import { copyRequestHeaders } from './request-headers.ts'
import { queryOf } from './target.ts'
import type { Upstream } from './upstream.ts'

type Forwarder = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Appends what we vouch for ourselves. */
function vouch(copied: string[], { facts }: FastifyRequest, deadlineMs: number): string[] {
  copied.push(
    headers.requestId,
    facts.requestId,
    headers.traceparent,
    formatTraceparent(facts),
    headers.clientIp,
    facts.clientIp,
    headers.deadline,
    `${deadlineMs}`,
  )
  return copied
}

/** Prepares all that is the same for every request of an operation. */
function createForwarder(operation: Operation, context: Context): Forwarder {
  const { events, kv } = context
  const { method, path, service, deadlineMs } = operation
  const upstreams = listAlternatives(context, service)
  const writePath = compilePath(path)
  const urgency = { isCritical: priorityOf(operation) === 'critical' }

  return async (request, reply) => {
    const startedAt = performance.now()
    const { raw } = request
    request.facts.deadlineAt = Date.now() + deadlineMs
    const copied = copyRequestHeaders(raw.rawHeaders, service)
    const coming = readBody(raw, operation)
    // Of what goes to one upstream alone nothing has to be kept.
    const body = upstreams.length > 1 ? await takeWhole(coming, deadlineMs) : coming
    const length = body && raw.headers['content-length']
    if (length !== undefined) copied.push('content-length', length)
    const target = writePath(Object(request.params)) + queryOf(request.url)
    const send = ({ pool }: Upstream) => {
      const leftMs = Math.max(1, Math.round(deadlineMs - (performance.now() - startedAt)))
      const sent = vouch([...copied], request, leftMs)
      const { isDegraded } = kv
      return exchange(pool, reply, {
        path: target,
        method,
        headers: sent,
        body,
        deadlineMs: leftMs,
        isDegraded,
      })
    }
    let asked: Upstream = upstreams[0]
    const attempt = (upstream: Upstream, isLast: boolean) => {
      asked = upstream
      const work = () => send(upstream)
      return method === 'GET' && isLast ? upstream.runTwice(work, urgency) : upstream.run(work, urgency)
    }
    try {
      await tryInTurn(upstreams, attempt)
    } catch (error) {
      if (!reply.raw.headersSent) throw error
      events.answerBroken({ upstream: asked.name, error })
    }
  }
}

function assertStrict({ name, path, params }: Operation): void {
  const unchecked = parametersOf(path).filter((parameter) => !params?.properties[parameter])
  if (unchecked.length > 0) throw new Error(`${name} does not say what ${unchecked.join(', ')} may be`)
}

/** Mounts the forwarding of one operation. */
function mountOperation(app: FastifyInstance, operation: Operation, context: Context): void {
  assertStrict(operation)
  const { name, method, path, params, rate } = operation
  const forward = createForwarder(operation, context)
  app.route({
    method,
    url: path,
    exposeHeadRoute: false,
    ...(params && { schema: { params } }),
    config: { operation: name, priority: priorityOf(operation), rate },
    handler: async (request, reply) => {
      await forward(request, reply)
      return reply
    },
  })
}

/** Mounts every operation of the table, and for each of their paths the refusal of other methods. */
export function mountOperations(app: FastifyInstance, table: readonly Operation[], context: Context): void {
  app.removeAllContentTypeParsers()
  // Bodies are read where they are sent on.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const operation of table) mountOperation(app, operation, context)
  for (const [path, rows] of Map.groupBy(table, ({ path }) => path)) {
    mountOtherMethods(
      app,
      path,
      rows.map(({ method }) => method),
    )
  }
}
