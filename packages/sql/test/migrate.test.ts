import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { surroundings } from '@secureconnect/test/helpers'
import { createDatabase, type Database } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { column, connectPostgres, migrate, neededSchemaVersion, type Sql, schemaVersion } from '../src/index.ts'
import { adapters, openEmpty, openMigrated, toPostgresOptions } from './testing.ts'

const command = join(import.meta.dirname, '../src/migrate-command.ts')
const migrations = join(import.meta.dirname, '../migrations')
const scripts = readdirSync(migrations).toSorted()
const Tables = Type.Object({ tables: column.integer })

async function countTables(sql: Sql): Promise<number> {
  const row = await sql.one(Tables)`
    select count(*) as tables from information_schema.tables where table_schema = 'public'`
  return row.tables
}

async function writePassword(t: TestContext, password: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrate-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'db_password')
  await writeFile(file, password, { mode: 0o600 })
  return file
}

async function runCommand(t: TestContext, { host, port, user, database, password }: Database) {
  const env = {
    ...surroundings,
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USER: user,
    DB_NAME: database,
    DB_PASSWORD_FILE: await writePassword(t, password),
  }
  const child = spawn(process.execPath, [command], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  return { code, output }
}

for (const adapter of adapters) {
  test(`an empty ${adapter} database gets the whole schema, and a second run changes nothing`, async (t) => {
    const { sql } = await openEmpty[adapter](t)
    assert.equal(await schemaVersion(sql), 0)
    const steps: string[] = []
    await migrate(sql, { onProgress: (message) => steps.push(message) })
    assert.equal(await schemaVersion(sql), neededSchemaVersion)
    assert.equal(steps.length, scripts.length + 1)
    const tables = await countTables(sql)
    await migrate(sql)
    assert.equal(await countTables(sql), tables)
  })

  test(`each migration may run again on ${adapter}, as after a crash before it was noted`, async (t) => {
    const { sql } = await openEmpty[adapter](t)
    for (const name of scripts) {
      const script = readFileSync(join(migrations, name), 'utf8')
      await sql.runScript(script)
      await assert.doesNotReject(sql.runScript(script), name)
    }
  })
}

test('of many that migrate at once one works and the others wait', async (t) => {
  const database = await createDatabase(t)
  const connections = await Promise.all(Array.from({ length: 8 }, () => connectPostgres(toPostgresOptions(database))))
  t.after(() => Promise.all(connections.map((sql) => sql.close())))
  const steps: string[] = []
  await Promise.all(connections.map((sql) => migrate(sql, { onProgress: (message) => steps.push(message) })))
  assert.equal(steps.filter((step) => step.startsWith('migrated to')).length, scripts.length)
})

test('the lock of a process that died is taken over when its lease runs out, and not before', async (t) => {
  const { sql } = await openMigrated(t, 'pglite')
  await sql.execute`delete from schemaversion where version = ${neededSchemaVersion}`
  await sql.execute`
    update migration_lock
    set holder = '00000000-0000-7000-8000-000000000000', expires_at = clock_timestamp() + interval '1 second'`
  const startedAt = Date.now()
  const steps: string[] = []
  await migrate(sql, { onProgress: (message) => steps.push(message) })
  assert.equal(steps[0], 'another process migrates: waiting')
  assert.ok(Date.now() - startedAt >= 900)
})

test('the command migrates the configured database and says what it does', async (t) => {
  const database = await createDatabase(t)
  const first = await runCommand(t, database)
  assert.equal(first.code, 0, first.output)
  assert.match(first.output, /migrated to 1: accounts/)
  const second = await runCommand(t, database)
  assert.equal(second.code, 0)
  assert.match(second.output, /nothing to do/)
  assert.doesNotMatch(first.output + second.output, new RegExp(database.password))
})

test('the command ends with 1 and a sentence when its configuration is broken', async (t) => {
  const database = await createDatabase(t)
  const { code, output } = await runCommand(t, { ...database, password: 'short' })
  assert.equal(code, 1)
  assert.match(output, /DB_PASSWORD has 5 bytes where at least 16 are needed/)
  assert.doesNotMatch(output, /\bat file:/)
})
