import type { Readable, Writable } from 'node:stream'
import pg from 'pg'
import type { Static, TSchema } from 'typebox'
import { type PostgresOptions, toServer } from '../connect-postgres.ts'
import { SqlUnavailable } from '../errors.ts'
import { checkRows } from '../row.ts'
import { CopyIn } from './copy-in.ts'
import { CopyOut } from './copy-out.ts'

const connectMs = 5_000

/** One connection for what takes as long as it takes: whole tables, in and out. */
export type BulkSession = AsyncDisposable & {
  /** Runs a statement, or several without values. */
  run(text: string): Promise<void>
  many<T extends TSchema>(row: T, text: string, values?: readonly unknown[]): Promise<Static<T>[]>
  /** The rows that `copy … to stdout` gives. */
  copyOut(statement: string): Readable
  /** Where the rows of `copy … from stdin` go. */
  copyIn(statement: string): Writable
}

/** Opens one; `asName` quotes what names a table or a column. */
export async function openBulkSession(options: PostgresOptions): Promise<BulkSession> {
  const { system, schema, ...address } = await toServer(options)
  const client = new pg.Client({
    ...address,
    application_name: 'secureconnect-backup',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    ...(schema !== undefined && { options: `-c search_path=${schema}` }),
  })
  // Whatever is under way hears of it by itself.
  client.on('error', () => undefined)
  await client.connect().catch((error: unknown) => {
    throw new SqlUnavailable('connection', error)
  })
  await client.query(`set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '30s'`)
  return {
    run: async (text) => void (await client.query(text)),
    many: async (row, text, values = []) => checkRows(row, (await client.query(text, [...values])).rows, 'catalog'),
    copyOut: (statement) => client.query(new CopyOut(statement) as CopyOut & pg.Submittable),
    copyIn: (statement) => client.query(new CopyIn(statement) as CopyIn & pg.Submittable),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** The name of a table or column as a statement may carry it. */
export const asName = (name: string): string => pg.escapeIdentifier(name)
