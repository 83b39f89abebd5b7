import { allOperations, type Operation, sockets } from '@secureconnect/protocol'
import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { Bridges } from './forwarding/bridges.ts'
import { registerEdge } from './forwarding/edge.ts'
import { guardRawRequests } from './forwarding/raw-requests.ts'
import { mountOperations } from './forwarding/routes.ts'
import { mountSockets } from './forwarding/socket-routes.ts'
import { mountWeb } from './web/mount-web.ts'

/** Builds the gateway of all operations, or of others that a test makes up. */
export async function buildApp(context: Context, table: readonly Operation[] = allOperations): Promise<Service> {
  const bridges = new Bridges()
  const service = await buildService(context, {
    // Before it closes: Fastify lets no part of its closing take as long as that.
    drain: ({ config }) => bridges.drain(config.drainSeconds * 1_000),
    extend: async (app) => {
      guardRawRequests(app.server, context.metrics)
      registerEdge(app, context)
      await mountWeb(app, context.config)
      await app.register(async (scope) => mountOperations(scope, table, context))
    },
  })
  mountSockets(service, Object.values(sockets), { ...context, bridges })
  return service
}
