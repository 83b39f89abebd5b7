import { AppError } from '@secureconnect/errors'
import { limits, type Socket } from '@secureconnect/protocol'
import type { Caller } from '@secureconnect/tokens'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TObject } from 'typebox'
import { readBearerToken } from '../authenticate.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { endRequest, onRequestEnd } from '../request-end.ts'
import { createCheck } from '../validation.ts'
import { Connection, type SocketContext } from './connection.ts'
import { Connections } from './connections.ts'
import type { FrameRate } from './frame-budget.ts'
import type { FrameHandler } from './frames.ts'

const retryAfterMs = 2_000
const switchingProtocols = 101

/** A WebSocket endpoint together with what serves it, waiting for the context it needs. */
export type SocketEndpoint<Context> = {
  readonly socket: Socket
  readonly rate: FrameRate
  readonly maxConnections: (context: Context) => number
  /** The frames this endpoint knows beyond the common ones, by type. */
  readonly createHandlers: (context: Context) => Readonly<Record<string, FrameHandler>>
  /** What an opening may ask in its query, beside the ticket. */
  readonly query?: TObject
  /** Told of each socket that knows its user, once, and of the end of each such socket. */
  readonly follow?: (context: Context) => SocketFollower
  /** Whether there is something that sockets may still be opened for while the process stops. */
  readonly opensWhileDraining?: (context: Context) => boolean
}

export type SocketFollower = {
  ready(connection: Connection): void
  ended(connection: Connection): void
}

/** Names an endpoint's parts; says with its types that context and handlers fit together. */
export function socketEndpoint<Context>(endpoint: SocketEndpoint<Context>): SocketEndpoint<Context> {
  return endpoint
}

export async function registerSockets(app: FastifyInstance): Promise<void> {
  const bounds = { maxPayload: limits.frameBytes, maxFragments: limits.frameFragments }
  const options = { ...bounds, perMessageDeflate: false, autoPong: false, closeTimeout: 5_000 }
  const { default: websocket } = await import('@fastify/websocket')
  await app.register(websocket, { options })
  onRequestEnd(app, ({ request, reply, status }) => {
    // Through its answer the socket would hold its request, token and all, for as long as it lives.
    if (status === switchingProtocols) reply.raw.detachSocket(request.raw.socket)
  })
}

/** Who asks for a socket, where the opening says so; refused before the upgrade, as an HTTP answer, if it can be. */
async function identify(request: FastifyRequest, context: SocketContext): Promise<Caller | undefined> {
  const { authorization, origin } = request.headers
  const query = new URLSearchParams(request.url.split('?', 2)[1])
  const tickets = query.getAll('ticket')
  if ([...query.keys()].some((name) => /token/i.test(name))) {
    throw new AppError(
      'VALIDATION_ERROR',
      'A token in the URL ends up in logs: send it as a header or in the first frame.',
    )
  }
  if (tickets.length + (authorization === undefined ? 0 : 1) > 1) {
    throw new AppError('VALIDATION_ERROR', 'Send one ticket, or the header "Authorization", and not both.')
  }
  if (authorization !== undefined) return context.authenticate(readBearerToken(authorization))
  if (origin === undefined) {
    throw new AppError('UNAUTHORIZED', 'Send the access token as "Authorization: Bearer …".')
  }
  const [ticket] = tickets
  return ticket === undefined ? undefined : context.takeTicket({ ticket, origin })
}

type MountOptions<Context> = {
  endpoint: SocketEndpoint<Context>
  context: Context & SocketContext
  lifecycle: Lifecycle
}

/** Reads what the endpoint knows of an opening's query; its other parameters are no concern of ours. */
function createQueryReader(schema: TObject | undefined): (request: FastifyRequest) => Record<string, string> {
  const check = schema && createCheck(schema)
  const names = Object.keys(schema?.properties ?? {})
  return ({ url }) => {
    const query = new URLSearchParams(url.split('?', 2)[1])
    const known = names.filter((name) => query.has(name)).map((name) => [name, query.getAll(name).join()])
    const asked: Record<string, string> = Object.fromEntries(known)
    check?.(asked)
    return asked
  }
}

/** Mounts one endpoint at all its paths and returns its open connections. */
export function mountSocket<Context>(app: FastifyInstance, options: MountOptions<Context>): Connections {
  const { endpoint, context, lifecycle } = options
  const { metrics } = context
  const connections = new Connections(metrics)
  app.addHook('onClose', async () => connections.close())
  const handlers = new Map(Object.entries(endpoint.createHandlers(context)))
  const maxConnections = endpoint.maxConnections(context)
  const readQuery = createQueryReader(endpoint.query)
  const follower = endpoint.follow?.(context)
  const shared = {
    context,
    handlers,
    rate: endpoint.rate,
    rounds: connections.rounds,
    admit: (connection: Connection) => connections.admit(connection),
    onReady: (connection: Connection) => follower?.ready(connection),
  }

  for (const path of endpoint.socket.paths) {
    app.get(
      path,
      {
        websocket: true,
        config: { operation: endpoint.socket.name },
        preValidation: async (request) => {
          const isNeeded = lifecycle.phase === 'draining' && endpoint.opensWhileDraining?.(context)
          if (lifecycle.phase !== 'serving' && !isNeeded)
            throw new AppError('SERVICE_UNAVAILABLE', 'This process is stopping.', { retryAfterMs })
          if (connections.size >= maxConnections)
            throw new AppError('CAPACITY', 'This process has all the sockets it can hold.', { retryAfterMs })
          readQuery(request)
          request.caller = await identify(request, context)
        },
      },
      (ws, request) => {
        endRequest(request, switchingProtocols)
        // The plugin's listener holds the request too; the connection brings its own.
        ws.removeAllListeners('error')
        const { caller } = request
        const { requestId, traceId, spanId, isSampled, clientIp } = request.facts
        const facts = { requestId, traceId, spanId, isSampled, clientIp, operation: endpoint.socket.name }
        const stream = request.raw.socket
        const connection = new Connection({ ...shared, ws, stream, facts, caller, query: readQuery(request) })
        ws.once('close', () => {
          connection.end()
          connections.remove(connection)
          if (connection.isReady) follower?.ended(connection)
        })
        connections.add(connection)
        connection.open()
      },
    )
  }
  return connections
}
