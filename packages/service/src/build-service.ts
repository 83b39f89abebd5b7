import { isAdmin } from '@secureconnect/directory'
import type { Kv } from '@secureconnect/kv'
import { allOperations, headers, limits, type Operation } from '@secureconnect/protocol'
import { type FastifyInstance, fastify } from 'fastify'
import { registerAccessLog } from './access-log.ts'
import { registerAuthentication } from './authenticate.ts'
import type { BaseContext } from './base-context.ts'
import { registerConnectionEnd } from './connection-end.ts'
import { registerErrorHandler } from './error-handler.ts'
import { describeHealth, registerHealth } from './health.ts'
import { startHealthNotes } from './health-notes.ts'
import { startHealthRow } from './health-row.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { registerLoadShedding } from './load-shedding.ts'
import { mountRoute } from './mount-route.ts'
import { registerDeadline } from './request-deadline.ts'
import { registerRequestEnd } from './request-end.ts'
import { registerRequestFacts } from './request-facts.ts'
import { registerRequestSpans } from './request-spans.ts'
import type { Route } from './route.ts'
import { buildSerializer } from './serializers.ts'
import type { ServiceContext } from './service-context.ts'
import type { Connections } from './sockets/connections.ts'
import { mountSocket, registerSockets, type SocketEndpoint } from './sockets/socket-endpoint.ts'
import { refuseConnection, refusePath } from './unreadable-requests.ts'
import { buildValidator, registerValidation } from './validation.ts'

/** Something that runs beside the requests from start to stop: a relay, a sweep. */
export type BackgroundJob<Context> = (context: Context) => AsyncDisposable | Promise<AsyncDisposable>

export type ServiceOptions<Context> = {
  routes?: readonly Route<Context>[]
  sockets?: readonly SocketEndpoint<Context>[]
  background?: readonly BackgroundJob<Context>[]
  /** Brings elsewhere, or waits for, what must not end with this process, before sockets are sent away; within `drainSeconds`. */
  drain?: (context: Context) => Promise<void>
  /** Mounts what is not an operation of the table: the gateway's forwarding. */
  extend?: (app: FastifyInstance, context: Context) => Promise<void> | void
}

/** A service that is built and not yet listening. */
export type Service = {
  readonly app: FastifyInstance
  readonly context: ServiceContext
  readonly lifecycle: Lifecycle
  readonly connections: readonly Connections[]
  readonly startBackground: () => Promise<AsyncDisposable>
  readonly drain: () => Promise<void>
}

function createApp({ config }: BaseContext): FastifyInstance {
  return fastify({
    logger: false,
    schemaController: { compilersFactory: { buildSerializer, buildValidator } },
    trustProxy: [...config.trustedProxies],
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    http: { maxHeaderSize: limits.headerBytes, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    // A parameter of any length comes to its schema, which tells what is wrong.
    routerOptions: { maxParamLength: limits.urlBytes, caseSensitive: true, ignoreTrailingSlash: false },
    return503OnClosing: false,
    frameworkErrors: refusePath,
    clientErrorHandler: refuseConnection,
    forceCloseConnections: 'idle',
  })
}

/** A row of the table without a handler, or a handler without a row, is found at start and not by a user. */
function assertComplete(service: string, routes: readonly Route<never>[]): void {
  const mounted = new Set(routes.map(({ operation }) => operation.name))
  const missing = allOperations.filter((operation) => operation.service === service && !mounted.has(operation.name))
  if (missing.length > 0) throw new Error(`${service} has no handler for ${missing.map(({ name }) => name).join(', ')}`)
  const foreign = routes.filter(({ operation }) => operation.service !== service)
  if (foreign.length > 0)
    throw new Error(`${service} does not own ${foreign.map(({ operation }) => operation.name).join(', ')}`)
}

function registerDegradedHeader(app: FastifyInstance, kv: Kv): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (kv.isDegraded) reply.header(headers.degraded, 'redis')
    done(null, payload)
  })
}

/** Builds a service from its parts; everything that all services share is added here, in this order. */
export async function buildService<Context extends ServiceContext>(
  context: Context,
  options: ServiceOptions<Context>,
): Promise<Service> {
  const { routes = [], sockets = [], background = [], drain, extend } = options
  const { service, log, metrics, tracing, audit, kv, sql, authenticate, dependencies, config, load } = context
  assertComplete(service, routes)
  const app = createApp(context)
  const lifecycle = createLifecycle()
  const operations = new Map<string, Operation>(routes.map(({ operation }) => [operation.name, operation]))

  app.removeContentTypeParser('text/plain')
  registerRequestFacts(app)
  registerRequestEnd(app)
  registerConnectionEnd(app, lifecycle)
  registerDeadline(app)
  registerAccessLog(app, { log, metrics })
  registerRequestSpans(app, tracing)
  registerErrorHandler(app, { log, audit }, operations)
  registerValidation(app)
  registerLoadShedding(app, load)
  registerAuthentication(app, { authenticate, isAdmin: sql && ((userId) => isAdmin(sql, userId)) })
  registerDegradedHeader(app, kv)
  const health = { service, revision: config.revision, lifecycle, dependencies }
  registerHealth(app, health, metrics.registry)
  for (const { operation, bind } of routes) mountRoute(app, operation, bind(context))
  const connections = await mountSockets(app, { sockets, context, lifecycle })
  await extend?.(app, context)
  const startBackground = async () => {
    await using stack = new AsyncDisposableStack()
    const told = { log, instance: config.instanceId, describe: () => describeHealth(health) }
    const count = () => countSockets(connections)
    stack.use(sql ? startHealthRow({ sql, count, ...told }) : startHealthNotes({ kv, ...told }))
    for (const start of background) stack.use(await start(context))
    return stack.move()
  }
  return { app, context, lifecycle, connections, startBackground, drain: async () => drain?.(context) }
}

/** How many sockets are open; nothing of a service that has none. */
function countSockets(connections: readonly Connections[]): Record<string, number> {
  if (connections.length === 0) return {}
  return { sockets: connections.reduce((sum, { size }) => sum + size, 0) }
}

async function mountSockets<Context extends ServiceContext>(
  app: FastifyInstance,
  {
    sockets,
    context,
    lifecycle,
  }: { sockets: readonly SocketEndpoint<Context>[]; context: Context; lifecycle: Lifecycle },
): Promise<Connections[]> {
  const { authenticate, takeTicket, revocations } = context
  if (sockets.length === 0) return []
  if (!authenticate || !takeTicket || !revocations)
    throw new Error(`${context.service} has sockets but cannot tell who opens them`)
  await registerSockets(app)
  const judged = { ...context, authenticate, takeTicket, revocations }
  const mounted = sockets.map((endpoint) => mountSocket(app, { endpoint, context: judged, lifecycle }))
  revocations.onRevoked((sessionId) => {
    for (const connections of mounted) connections.closeSession(sessionId)
  })
  return mounted
}
