import { type Audit, createAudit } from '@secureconnect/audit'
import { listPublicKeys } from '@secureconnect/directory'
import type { Kv } from '@secureconnect/kv'
import type { ServiceName } from '@secureconnect/protocol'
import { startProbe } from '@secureconnect/resilience'
import { neededSchemaVersion, type Sql, schemaVersion } from '@secureconnect/sql'
import {
  type Authenticate,
  createAuthenticate,
  createKeyRing,
  createTokenCheck,
  deriveKey,
  followRevocations,
  type Revocations,
  type TakeTicket,
  takeSocketTicket,
} from '@secureconnect/tokens'
import { type BaseContext, createBaseContext } from './base-context.ts'
import type { Dependency } from './health.ts'
import type { Platform } from './platform.ts'
import type { DataServiceConfig } from './service-settings.ts'

/** What `buildService` needs of a service's context, whatever else that holds. */
export type ServiceContext = BaseContext & {
  audit: Audit
  kv: Kv
  dependencies: ReadonlyMap<string, Dependency>
  /** Judges access tokens, for services that have callers. */
  authenticate?: Authenticate
  /** Judges the tickets of pages, for services that have sockets. */
  takeTicket?: TakeTicket
  revocations?: Pick<Revocations, 'isRevoked' | 'onRevoked'>
  /** The database, for services that have one; they tell their health there. */
  sql?: Sql
}

/** The context of every service that keeps data: the stores it shares with the others, and who may call. */
export type DataServiceContext = ServiceContext & Required<Pick<ServiceContext, 'authenticate' | 'revocations' | 'sql'>>

const probeTimeoutMs = 1_500

async function assertUsable(sql: Sql): Promise<void> {
  await sql.ping()
  const version = await schemaVersion(sql.background)
  if (version < neededSchemaVersion) throw new Error(`schema is at ${version}, needs ${neededSchemaVersion}`)
}

/** The database counts as there when it answers and has the schema that this code needs. */
function sqlDependency(sql: Sql): Dependency {
  return {
    required: true,
    probe: startProbe({ name: 'sql', check: () => assertUsable(sql), timeoutMs: probeTimeoutMs }),
  }
}

/** Opens what every service with data shares; disposing closes it in reverse order. */
export async function createServiceContext<C extends DataServiceConfig>(
  service: ServiceName,
  config: C,
  platform: Platform,
): Promise<DataServiceContext & { config: C }> {
  await using stack = new AsyncDisposableStack()
  const base = stack.use(createBaseContext(service, config, platform.logStream))
  const { log, metrics } = base
  const sql = stack.use(await platform.openSql(base))
  const kv = stack.use(await platform.openKv(base))
  const audit = stack.use(
    createAudit({ service, sql, log, metrics, sessionKey: deriveKey(config.jwtSecret, 'audit session') }),
  )
  const keys = stack.use(createKeyRing({ load: () => listPublicKeys(sql.background), log }))
  const revocations = stack.use(followRevocations({ sql, kv, log }))
  const dependencies = new Map([['sql', sqlDependency(sql)]])
  if (kv.probe) dependencies.set('redis', { probe: kv.probe, required: false })
  stack.defer(() => {
    for (const { probe } of dependencies.values()) probe.close()
  })
  const owned = stack.move()
  return {
    ...base,
    sql,
    kv,
    audit,
    revocations,
    authenticate: createAuthenticate(createTokenCheck(keys), revocations),
    takeTicket: (presented) => takeSocketTicket(sql, presented),
    dependencies,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
