import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createLogger } from '@secureconnect/logging'
import { cached, createDatabase, type Database, postgresServer } from '@secureconnect/test/stack'
import pg from 'pg'
import { connectPostgres, migrate, openPglite, type PostgresOptions } from '../src/index.ts'
import { migrationsFolder } from '../src/schema-version.ts'

/** What a test has that wants something put away after it. */
export type Cleanup = { after(work: () => unknown): void }

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

const templatePrefix = 'migrated_'
/** Another checkout may still use what another schema made; after a week it makes its template anew. */
const oldAfterMs = 7 * 86_400_000

/** Another name for each schema and each version of PGlite, so that no test gets a copy of what an earlier one made. */
function templateName(): string {
  const hash = createHash('sha256').update(readFileSync(join(import.meta.dirname, '../package.json')))
  for (const file of readdirSync(migrationsFolder).sort()) hash.update(readFileSync(join(migrationsFolder, file)))
  return `${templatePrefix}${hash.digest('hex').slice(0, 16)}`
}

/** Makes the template on the shared server, unless it is there: whoever comes first, and the others wait. */
async function findTemplate(): Promise<string> {
  const name = templateName()
  const server = await postgresServer()
  const client = new pg.Client({ ...server, database: 'postgres' })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount) return name
    await client.query('select pg_advisory_lock(hashtext($1))', [name])
    const again = await client.query('select from pg_database where datname = $1', [name])
    if (again.rowCount) return name
    const unfinished = `${name}_unfinished`
    await client.query(`drop database if exists ${unfinished}`)
    await client.query(`create database ${unfinished}`)
    const sql = await connectPostgres({ ...toPostgresOptions({ ...server, database: unfinished }), log: silentLog })
    await migrate(sql)
    await sql.close()
    await client.query(`alter database ${unfinished} rename to ${name}`)
    return name
  } finally {
    await client.end()
  }
}

/** A database on the shared Postgres with the current schema, gone after the test: a copy, which is ten times faster. */
export async function createMigratedDatabase(t: Cleanup): Promise<Database> {
  return createDatabase(t, { template: await findTemplate() })
}

/** Or each change of the schema would leave 40 MB in the cache for ever. */
function removeOldTemplates(cache: string): void {
  const names = readdirSync(cache).filter((name) => name.startsWith(templatePrefix))
  for (const path of names.map((name) => join(cache, name))) {
    // Another process may be renaming or removing it at this moment.
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - madeAt > oldAfterMs) rmSync(path, { recursive: true, force: true })
  }
}

/** Fills a folder for PGlite with the current schema: by a copy, which is ten times faster than to make it. */
export async function fillMigratedFolder(folder: string): Promise<void> {
  const template = await cached(templateName(), 'Preparing a database for PGlite', async (partial) => {
    removeOldTemplates(dirname(partial))
    const sql = await openPglite({ folder: partial })
    await migrate(sql)
    await sql.close()
  })
  cpSync(template, folder, { recursive: true })
}

/** A folder for PGlite with the current schema, gone after the test. */
export async function createMigratedFolder(t: Cleanup): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pglite-'))
  t.after(() => rmSync(folder, { recursive: true }))
  await fillMigratedFolder(folder)
  return folder
}
