import websocket from '@fastify/websocket'
import { AppError } from '@secureconnect/errors'
import { limits, type Socket } from '@secureconnect/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readBearerToken } from '../authenticate.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { Connection, type SocketContext } from './connection.ts'
import { Connections } from './connections.ts'
import type { FrameRate } from './frame-budget.ts'
import type { FrameHandler } from './frames.ts'

const retryAfterMs = 2_000

/** A WebSocket endpoint together with what serves it, waiting for the context it needs. */
export type SocketEndpoint<Context> = {
  readonly socket: Socket
  readonly rate: FrameRate
  readonly maxConnections: (context: Context) => number
  /** The frames this endpoint knows beyond the common ones, by type. */
  readonly createHandlers: (context: Context) => Readonly<Record<string, FrameHandler>>
}

/** Names an endpoint's parts; says with its types that context and handlers fit together. */
export function socketEndpoint<Context>(endpoint: SocketEndpoint<Context>): SocketEndpoint<Context> {
  return endpoint
}

export async function registerSockets(app: FastifyInstance): Promise<void> {
  const options = { maxPayload: limits.frameBytes, perMessageDeflate: false, closeTimeout: 5_000 }
  await app.register(websocket, { options })
}

/** Refuses before the upgrade, as an HTTP answer, whatever can be known by then. */
async function assertAcceptable(request: FastifyRequest, context: SocketContext): Promise<void> {
  const { authorization, origin } = request.headers
  const query = Object.keys(request.query ?? {})
  if (query.some((name) => /token/i.test(name))) {
    throw new AppError(
      'VALIDATION_ERROR',
      'A token in the URL ends up in logs: send it as a header or in the first frame.',
    )
  }
  if (authorization === undefined && origin === undefined) {
    throw new AppError('UNAUTHORIZED', 'Send the access token as "Authorization: Bearer …".')
  }
  if (authorization !== undefined) request.caller = await context.authenticate(readBearerToken(authorization))
}

type MountOptions<Context> = {
  endpoint: SocketEndpoint<Context>
  context: Context & SocketContext
  lifecycle: Lifecycle
}

/** Mounts one endpoint at all its paths and returns its open connections. */
export function mountSocket<Context>(app: FastifyInstance, options: MountOptions<Context>): Connections {
  const { endpoint, context, lifecycle } = options
  const { metrics } = context
  const connections = new Connections(metrics)
  const handlers = new Map(Object.entries(endpoint.createHandlers(context)))
  const maxConnections = endpoint.maxConnections(context)

  for (const path of endpoint.socket.paths) {
    app.get(
      path,
      {
        websocket: true,
        config: { operation: endpoint.socket.name },
        preValidation: async (request) => {
          if (lifecycle.phase !== 'serving')
            throw new AppError('SERVICE_UNAVAILABLE', 'This process is stopping.', { retryAfterMs })
          if (connections.size >= maxConnections)
            throw new AppError('CAPACITY', 'This process has all the sockets it can hold.', { retryAfterMs })
          await assertAcceptable(request, context)
        },
      },
      (ws, request) => {
        const { caller } = request
        const { requestId, traceId, spanId, isSampled, clientIp } = request.facts
        const facts = { requestId, traceId, spanId, isSampled, clientIp, operation: endpoint.socket.name }
        const admit = (connection: Connection) => connections.admits(connection)
        const connection = new Connection({ ws, context, handlers, rate: endpoint.rate, facts, caller, admit })
        ws.once('close', () => connections.remove(connection))
        connections.add(connection)
        connection.open()
      },
    )
  }
  return connections
}
