import { createMetrics, type Metrics } from '@secureconnect/metrics'
import { createDatabase, type Database } from '@secureconnect/test/stack'
import { connectPostgres, openPglite, type Sql } from '../src/index.ts'
import {
  type Cleanup,
  createMigratedDatabase,
  createMigratedFolder,
  fillMigratedFolder,
  silentLog,
  toPostgresOptions,
} from './migrated.ts'

export { createMigratedDatabase, createMigratedFolder, fillMigratedFolder, silentLog, toPostgresOptions }

export const adapters = ['postgres', 'pglite'] as const
export type Adapter = (typeof adapters)[number]
export type TestSql = { adapter: Adapter; sql: Sql; metrics: Metrics }

export function createTestMetrics(): Metrics {
  return createMetrics({ service: 'auth-service', version: '0', revision: 'test' })
}

async function openPostgres(t: Cleanup, database: Database): Promise<TestSql> {
  const metrics = createTestMetrics()
  const sql = await connectPostgres({ ...toPostgresOptions(database), metrics, log: silentLog })
  t.after(() => sql.close())
  return { adapter: 'postgres', sql, metrics }
}

async function openEmbedded(t: Cleanup, folder?: string): Promise<TestSql> {
  const metrics = createTestMetrics()
  const sql = await openPglite({ folder, metrics, log: silentLog })
  t.after(() => sql.close())
  return { adapter: 'pglite', sql, metrics }
}

/** An empty database behind each adapter, for suites that hold for both. */
export const openEmpty = {
  postgres: async (t: Cleanup) => openPostgres(t, await createDatabase(t)),
  pglite: (t: Cleanup) => openEmbedded(t),
}

/** A database with the current schema, gone after the test. */
export async function openMigrated(t: Cleanup, adapter: Adapter = 'postgres'): Promise<TestSql> {
  if (adapter === 'pglite') return openEmbedded(t, await createMigratedFolder(t))
  return openPostgres(t, await createMigratedDatabase(t))
}

/**
 * A database with the current schema behind each adapter, for a whole file. They are opened one after the other and
 * before the first test starts: PGlite holds up the process while it starts, and a connection begun meanwhile times out.
 */
export async function openEachMigrated(t: Cleanup): Promise<TestSql[]> {
  const embedded = await openMigrated(t, 'pglite')
  return [await openMigrated(t, 'postgres'), embedded]
}
