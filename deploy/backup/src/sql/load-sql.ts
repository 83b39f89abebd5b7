import { pipeline } from 'node:stream/promises'
import { connectPostgres, migrate, neededSchemaVersion, type PostgresOptions } from '@secureconnect/sql'
import { asName, type BulkSession, openBulkSession } from '@secureconnect/sql/bulk'
import { Type } from 'typebox'
import { BackupFault } from '../fault.ts'
import { isSame, sumLines } from '../lines/count-lines.ts'
import { readLines } from '../lines/sealed-lines.ts'
import type { Manifest } from '../sets/manifest.ts'
import type { Vault } from '../vault.ts'
import { streamOf } from './dump-sql.ts'
import { copyInto, copyOutOf, listTables, type Table } from './list-tables.ts'

const ForeignKey = Type.Object({ table: Type.String(), name: Type.String(), definition: Type.String() })

/** Puts rows into tables in any order: what they refer to is looked for when all are there, once for each table. */
async function withoutForeignKeys(session: BulkSession, work: () => Promise<void>): Promise<void> {
  const keys = await session.many(
    ForeignKey,
    `select relname as "table", conname as name, pg_get_constraintdef(pg_constraint.oid) as definition
      from pg_constraint join pg_class on pg_class.oid = conrelid
      where contype = 'f' and connamespace = current_schema()::regnamespace`,
  )
  for (const { table, name } of keys) await session.run(`alter table ${asName(table)} drop constraint ${asName(name)}`)
  await work()
  for (const { table, name, definition } of keys)
    await session.run(`alter table ${asName(table)} add constraint ${asName(name)} ${definition}`)
}

function findFacts({ set, stores }: Manifest, table: Table) {
  const facts = stores.sql.streams.find(({ name }) => name === streamOf(table.name))
  if (facts) return facts
  throw new BackupFault(`${set} lacks the table ${table.name}. Use another set.`)
}

/** Makes the tables of the set's version in the schema that the server's options name. */
async function createTables(server: PostgresOptions, { set, schemaVersion, revision }: Manifest): Promise<void> {
  if (schemaVersion > neededSchemaVersion)
    throw new BackupFault(
      `${set} is of schema ${schemaVersion}, and this version knows ${neededSchemaVersion}. Check out ${revision} first.`,
    )
  await using sql = await connectPostgres(server)
  await migrate(sql, { to: schemaVersion })
}

/** Puts the tables of a set into a schema of its own, whatever was there. */
export async function loadSql(
  vault: Vault,
  manifest: Manifest,
  server: PostgresOptions & { schema: string },
): Promise<void> {
  await using session = await openBulkSession(server)
  await dropSchema(session, server.schema)
  await session.run(`create schema ${asName(server.schema)}`)
  await createTables(server, manifest)
  const tables = await listTables(session)
  await session.run('begin')
  await session.run(`truncate ${tables.map(({ name }) => asName(name)).join(', ')}`)
  await withoutForeignKeys(session, async () => {
    for (const table of tables) {
      const lines = readLines(vault, manifest.set, findFacts(manifest, table))
      await pipeline(lines, session.copyIn(copyInto(table)))
    }
  })
  await session.run('commit')
}

/** Reads the tables of a schema again, and says whether they are those of the set. */
export async function compareSql(
  manifest: Manifest,
  server: PostgresOptions,
): Promise<{ tables: number; rows: number }> {
  await using session = await openBulkSession(server)
  const tables = await listTables(session)
  let rows = 0
  for (const table of tables) {
    const [found, facts] = [await sumLines(session.copyOut(copyOutOf(table))), findFacts(manifest, table)]
    if (!isSame(found, facts))
      throw new BackupFault(`The table ${table.name} came back with ${found.rows} rows, unlike the ${facts.rows} kept.`)
    rows += found.rows
  }
  return { tables: tables.length, rows }
}

export async function dropSchema(session: BulkSession, schema: string): Promise<void> {
  await session.run(`drop schema if exists ${asName(schema)} cascade`)
}
