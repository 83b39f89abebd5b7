import { createLogger } from '@secureconnect/logging'
import { createMetrics, type Metrics } from '@secureconnect/metrics'
import { createDatabase, type Database } from '@secureconnect/test/stack'
import { connectPostgres, migrate, openPglite, type PostgresOptions, type Sql } from '../src/index.ts'

/** What a test has that wants something put away after it. */
type Cleanup = { after(work: () => Promise<unknown>): void }

export const adapters = ['postgres', 'pglite'] as const
export type Adapter = (typeof adapters)[number]
export type TestSql = { adapter: Adapter; sql: Sql; metrics: Metrics }

export function createTestMetrics(): Metrics {
  return createMetrics({ service: 'auth-service', version: '0', revision: 'test' })
}

export const silentLog = createLogger({ service: 'test', revision: 'test', level: 'silent' })

/** The configuration that leads to a database of the test stack. */
export function toPostgresOptions({ host, port, user, password, database }: Database): PostgresOptions {
  return {
    sqlEngine: 'postgres',
    dbHost: host,
    dbPort: port,
    dbName: database,
    dbUser: user,
    dbPassword: password,
    dbTlsCa: undefined,
  }
}

/** An empty database behind each adapter, for suites that hold for both. */
export const openEmpty = {
  async postgres(t: Cleanup): Promise<TestSql> {
    const metrics = createTestMetrics()
    const database = await createDatabase(t)
    const sql = await connectPostgres({ ...toPostgresOptions(database), metrics, log: silentLog })
    t.after(() => sql.close())
    return { adapter: 'postgres', sql, metrics }
  },
  async pglite(t: Cleanup): Promise<TestSql> {
    const metrics = createTestMetrics()
    const sql = await openPglite({ metrics, log: silentLog })
    t.after(() => sql.close())
    return { adapter: 'pglite', sql, metrics }
  },
}

/** A database with the current schema, gone after the test. */
export async function openMigrated(t: Cleanup, adapter: Adapter = 'postgres'): Promise<TestSql> {
  const opened = await openEmpty[adapter](t)
  await migrate(opened.sql)
  return opened
}

/**
 * A database with the current schema behind each adapter, for a whole file. They are opened one after the other and
 * before the first test starts: PGlite holds up the process while it starts, and a connection begun meanwhile times out.
 */
export async function openEachMigrated(t: Cleanup): Promise<TestSql[]> {
  const embedded = await openMigrated(t, 'pglite')
  return [await openMigrated(t, 'postgres'), embedded]
}
