import { createAudit } from '@secureconnect/audit'
import { parseConfig } from '@secureconnect/config'
import { AppError } from '@secureconnect/errors'
import { createLocalKv } from '@secureconnect/kv'
import { allOperations, type PublicKey, sockets } from '@secureconnect/protocol'
import {
  buildService,
  createBaseContext,
  route,
  type ServiceContext,
  serviceSettings,
  socketEndpoint,
  startService,
} from '@secureconnect/service'
import { openPglite } from '@secureconnect/sql'
import { createMigratedFolder } from '@secureconnect/sql/testing'
import { createAuthenticate, createKeyRing, createTokenCheck } from '@secureconnect/tokens'
import type { Cleanup } from './test-gateway.ts'
import { trials } from './trials.ts'

/** No session ends here, and no page has a ticket. */
const revocations = {
  isRevoked: () => false,
  assertLive: async () => undefined,
  onRevoked: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
}
const forSockets = {
  revocations,
  takeTicket: async () => {
    throw new AppError('UNAUTHORIZED', 'There are no tickets here.')
  },
}

/** A service starts only with all that the table has of it. */
const operations = [...trials, ...allOperations.filter(({ service }) => service === 'chat-service')]

/** A service as all of ours are, which judges tokens by keys of the test's choice and answers everything with {}. */
export async function startRealService(t: Cleanup, { load }: { load: () => Promise<readonly PublicKey[]> }) {
  const config = parseConfig(serviceSettings('chat-service'), {
    env: { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false', LOG_LEVEL: 'silent' },
  })
  const base = createBaseContext('chat-service', config)
  const { log, metrics } = base
  // Without a database a service could not tell who is an administrator; nobody asks this one.
  const sql = await openPglite({ folder: await createMigratedFolder(t) })
  t.after(() => sql.close())
  const check = createTokenCheck(createKeyRing({ load, log }))
  const context: ServiceContext = {
    ...base,
    ...forSockets,
    kv: createLocalKv(),
    sql,
    audit: createAudit({ service: 'chat-service', log, metrics }),
    dependencies: new Map(),
    authenticate: createAuthenticate(check, revocations),
  }
  const service = await buildService(context, {
    routes: operations.map((operation) => route(operation, () => async () => ({}))),
    sockets: [
      socketEndpoint<ServiceContext>({
        socket: sockets.chat,
        rate: { perSecond: 100, burst: 100 },
        maxConnections: () => 100,
        createHandlers: () => ({}),
      }),
    ],
  })
  const running = await startService(service)
  t.after(() => running.stop())
  return { url: running.address, stop: running.stop }
}
