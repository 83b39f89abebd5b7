import type { ServerResponse } from 'node:http'
import { toAppError } from '@secureconnect/errors'
import { headers, limits, type ServiceName, type Socket } from '@secureconnect/protocol'
import type { Service } from '@secureconnect/service'
import { formatTraceparent } from '@secureconnect/tracing'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { clientGone, stopping, tooManySockets, upstreamFailed } from '../errors.ts'
import { type Alternatives, listAlternatives, tryInTurn } from './alternatives.ts'
import type { Bridges } from './bridges.ts'
import { type Dialled, dial } from './dial.ts'
import { readOpening } from './opening.ts'
import { mountOtherMethods } from './other-methods.ts'
import { isOwnAnswer } from './response-headers.ts'
import { queryOf } from './target.ts'
import { acceptUpgrades, type Upgrade } from './upgrades.ts'
import { findNode } from './video-nodes.ts'

type Open = Extract<Dialled, { kind: 'open' }>
type Refused = Extract<Dialled, { kind: 'refused' }>

/** The headers of the service's consent that its client must see. */
const consent = ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'] as const

/** Aborts when the client leaves. Unless its connection is read from, nobody would notice. */
function signalOf(response: ServerResponse, { socket }: Upgrade): AbortSignal {
  const aborter = new AbortController()
  const abort = () => aborter.abort()
  response.once('close', abort)
  socket.once('end', abort).read(0)
  return aborter.signal
}

function passConsent(reply: FastifyReply, { headers: answered }: Open): void {
  const written = ['upgrade', 'websocket', 'connection', 'Upgrade', headers.requestId, reply.request.facts.requestId]
  for (const name of consent) {
    const value = answered[name]
    if (typeof value === 'string') written.push(name, value)
  }
  reply.hijack()
  reply.raw.writeHead(101, written)
  reply.raw.end()
}

function passRefusal(reply: FastifyReply, { status, headers: answered, body }: Refused): FastifyReply {
  if (status < 400 || !isOwnAnswer(status, answered)) throw upstreamFailed(new Error(`status ${status} to an upgrade`))
  const retryAfter = answered['retry-after']
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  return reply.code(status).type('application/json').send(body)
}

type Opening = { request: FastifyRequest; service: ServiceName; copied: string[]; signal: AbortSignal }

/** Where a socket may be opened: at its service, or at that node of it which has to serve it. */
function findUpstreams(context: Context, { request, service }: Opening): Alternatives {
  const node = service === 'video-service' ? findNode(context.videoNodes, request.url) : undefined
  return node ? [node] : listAlternatives(context, service)
}

/** Asks a service to open a socket, with what we vouch for ourselves. */
function dialService(upstreams: Alternatives, { request, copied, signal }: Opening): Promise<Dialled> {
  const { facts, routeOptions, url } = request
  const sent = [...copied, headers.requestId, facts.requestId, headers.traceparent, formatTraceparent(facts)]
  sent.push(headers.clientIp, facts.clientIp)
  const path = `${routeOptions.url}${queryOf(url)}`
  const { requestDeadlineMs: deadlineMs } = limits
  return tryInTurn(upstreams, (upstream) => {
    return upstream.run(() => dial({ url: upstream.url, path, headers: sent, deadlineMs, signal }))
  })
}

/** Mounts the sockets of the table: each is opened to its service first, and joined with its client when that agrees. */
export function mountSockets(
  { app, lifecycle }: Service,
  table: readonly Socket[],
  { bridges, ...context }: Context & { bridges: Bridges },
): void {
  const { config, cors, events } = context
  const publicOrigin = new URL(config.publicUrl).origin
  const isOurPage = (origin: string) => origin === publicOrigin || cors.isAllowed(origin)

  const isStopping = () => lifecycle.phase === 'draining' || lifecycle.phase === 'closed'
  /** Openings under way: each will take a place, so it has one from the start. */
  let opening = 0

  function join(request: FastifyRequest, { socket: client, head: _ }: Upgrade, { socket: service, head }: Open): void {
    const { requestId, clientIp } = request.facts
    const facts = { requestId, clientIp, endpoint: request.routeOptions.url ?? '' }
    const startedAt = performance.now()
    if (head.length > 0) client.write(head)
    bridges.join({ client, service }, () =>
      events.socketClosed({ ...facts, seconds: (performance.now() - startedAt) / 1_000 }),
    )
    events.socketOpened(facts)
  }

  async function open(request: FastifyRequest, reply: FastifyReply, service: ServiceName): Promise<FastifyReply> {
    const { upgrade, headers: copied } = readOpening(request, isOurPage)
    if (isStopping()) throw stopping()
    if (bridges.size + opening >= config.wsMaxConnections) throw tooManySockets()
    const signal = signalOf(reply.raw, upgrade)
    opening += 1
    try {
      const opened = { request, service, copied, signal }
      const dialled = await dialService(findUpstreams(context, opened), opened)
      if (dialled.kind === 'refused') return passRefusal(reply, dialled)
      if (signal.aborted || isStopping()) {
        dialled.socket.destroy()
        throw signal.aborted ? clientGone() : stopping()
      }
      passConsent(reply, dialled)
      join(request, upgrade, dialled)
      return reply
    } finally {
      opening -= 1
    }
  }

  acceptUpgrades(app, new Set(table.flatMap(({ paths }) => paths)))
  for (const { name, service, paths } of table) {
    for (const path of paths) {
      app.route({
        method: 'GET',
        url: path,
        exposeHeadRoute: false,
        config: { operation: name, rate: 'default', priority: 'interactive' },
        handler: async (request, reply) => {
          try {
            return await open(request, reply, service)
          } catch (error) {
            events.socketRefused({ error: toAppError(error) })
            throw error
          }
        },
      })
      mountOtherMethods(app, path, ['GET'])
    }
  }
}
