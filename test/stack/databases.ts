import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Address } from './address.ts'
import type { Cleanup } from './cleanup.ts'

export type Database = Address & { database: string }

async function execute(server: Address, statement: string): Promise<void> {
  const client = new pg.Client({ ...server, database: 'postgres' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Makes a database, empty or a copy of the template, that is dropped when the test is over. */
export async function createDatabaseOn(server: Address, t: Cleanup, template?: string): Promise<Database> {
  const database = `test_${randomBytes(6).toString('hex')}`
  await execute(server, `create database ${database}${template ? ` template ${pg.escapeIdentifier(template)}` : ''}`)
  t.after(() => execute(server, `drop database ${database} with (force)`))
  return { ...server, database }
}
