import { readFile } from 'node:fs/promises'
import type { ConfigOf } from '@secureconnect/config'
import { type DependencyLimits, describeLimits } from '@secureconnect/resilience'
import type { sqlSettings } from './config.ts'
import { createSql, type Observers } from './create-sql.ts'
import { createGuard, noGuard } from './guard.ts'
import { sqlLimits } from './limits.ts'
import type { Server, SessionPool } from './session-pool.ts'
import type { Sql } from './sql.ts'

const effectiveLimits: DependencyLimits = {
  dependency: 'sql',
  connectTimeoutMs: sqlLimits.acquireMs,
  callTimeoutMs: sqlLimits.statementMs,
  inFlight: `${sqlLimits.interactiveConnections} interactive, ${sqlLimits.backgroundConnections} background`,
  retries: `whole transaction on 40001 and 40P01, ${sqlLimits.attempts} attempts`,
}

/** The settings of `sqlSettings`, as a service's configuration holds them. */
export type PostgresOptions = Observers & ConfigOf<typeof sqlSettings> & Pick<Server, 'schema'>

/** What the settings say of the server. */
export async function toServer(options: PostgresOptions): Promise<Server> {
  const { sqlEngine, dbHost, dbPort, dbName, dbUser, dbPassword, dbTlsCa, schema } = options
  const ca = dbTlsCa === undefined ? undefined : await readFile(dbTlsCa, 'utf8')
  return {
    system: sqlEngine === 'cockroach' ? 'cockroachdb' : 'postgresql',
    host: dbHost,
    port: dbPort,
    database: dbName,
    user: dbUser,
    password: dbPassword,
    schema,
    ssl: ca === undefined ? false : { ca, host: dbHost, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
  }
}

/**
 * Gives access to a Postgres or CockroachDB server. It does not wait for the server: connections are opened when
 * they are needed, so that a service starts without its database and works as soon as that answers.
 */
export async function connectPostgres(options: PostgresOptions): Promise<Sql> {
  const { metrics, log, tracing } = options
  const observers: Observers = { ...(metrics && { metrics }), ...(log && { log }), ...(tracing && { tracing }) }
  const server = await toServer(options)
  const { SessionPool } = await import('./session-pool.ts')
  const pools: SessionPool[] = []
  const onChange = () => {
    metrics?.dbConnectionsActive.set(pools.reduce((sum, pool) => sum + pool.inUse, 0))
    metrics?.dbConnectionsIdle.set(pools.reduce((sum, pool) => sum + pool.idle, 0))
  }
  const openPool = (connections: number) => {
    const pool = SessionPool.create({ server, connections, onChange })
    pools.push(pool)
    return pool
  }
  const interactive = openPool(sqlLimits.interactiveConnections)
  const guard = metrics && log ? createGuard({ metrics, log }) : noGuard
  const background = createSql({ driver: openPool(sqlLimits.backgroundConnections), guard, ...observers })
  metrics?.dbConnectionsMax.set(pools.reduce((sum, pool) => sum + pool.connections, 0))
  log?.info({ engine: options.sqlEngine, limits: describeLimits([effectiveLimits]) }, 'sql configured')
  return createSql({ driver: interactive, background, guard, ...observers })
}
