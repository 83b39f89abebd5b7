import type { ServerResponse } from 'node:http'
import { toAppError } from '@secureconnect/errors'
import { headers, limits, type Socket } from '@secureconnect/protocol'
import type { Service } from '@secureconnect/service'
import { formatTraceparent } from '@secureconnect/tracing'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { clientGone, stopping, tooManySockets, upstreamFailed } from '../errors.ts'
import { Bridges } from './bridges.ts'
import { type Dialled, dial } from './dial.ts'
import { readOpening } from './opening.ts'
import { mountOtherMethods } from './other-methods.ts'
import { isOwnAnswer } from './response-headers.ts'
import { queryOf } from './target.ts'
import { acceptUpgrades, type Upgrade } from './upgrades.ts'

type Open = Extract<Dialled, { kind: 'open' }>
type Refused = Extract<Dialled, { kind: 'refused' }>

/** The headers of the service's consent that its client must see. */
const consent = ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'] as const

function signalOf(response: ServerResponse): AbortSignal {
  const aborter = new AbortController()
  response.once('close', () => aborter.abort())
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

/** Mounts the sockets of the table: each is opened to its service first, and joined with its client when that agrees. */
export function mountSockets({ app, lifecycle }: Service, table: readonly Socket[], context: Context): void {
  const { config, cors, events, upstreams } = context
  const bridges = new Bridges()
  const publicOrigin = new URL(config.publicUrl).origin
  const isOurPage = (origin: string) => origin === publicOrigin || cors.isAllowed(origin)

  function assertRoom(): void {
    if (lifecycle.phase === 'draining' || lifecycle.phase === 'closed') throw stopping()
    if (bridges.size >= config.wsMaxConnections) throw tooManySockets()
  }

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

  async function open(request: FastifyRequest, reply: FastifyReply, serviceName: string): Promise<FastifyReply> {
    const { upgrade, headers: copied } = readOpening(request, isOurPage)
    assertRoom()
    const upstream = upstreams.get(serviceName)
    if (!upstream) throw new Error(`${serviceName} is no upstream`)
    const { facts, routeOptions, url } = request
    const sent = [...copied, headers.requestId, facts.requestId, headers.traceparent, formatTraceparent(facts)]
    sent.push(headers.clientIp, facts.clientIp)
    const path = `${routeOptions.url}${queryOf(url)}`
    const { requestDeadlineMs: deadlineMs } = limits
    const signal = signalOf(reply.raw)
    const dialled = await upstream.run(() => dial({ url: upstream.url, path, headers: sent, deadlineMs, signal }))
    if (dialled.kind === 'refused') return passRefusal(reply, dialled)
    if (signal.aborted) {
      dialled.socket.destroy()
      throw clientGone()
    }
    passConsent(reply, dialled)
    join(request, upgrade, dialled)
    return reply
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
  app.addHook('preClose', () => bridges.drain(config.drainSeconds * 1_000))
}
