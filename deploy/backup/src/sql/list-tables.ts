import { asName, type BulkSession } from '@secureconnect/sql/bulk'
import { Type } from 'typebox'
import { BackupFault } from '../fault.ts'

const Column = Type.Object({ table: Type.String(), column: Type.String() })
const Sequence = Type.Object({ name: Type.String() })

/** What belongs to a schema and to nobody's data: migrations write it themselves. */
const ofMigrations = ['schemaversion', 'migration_lock']

/** A table and its columns, as a statement that copies it names them. */
export type Table = { name: string; columns: string }

/** The tables of the schema that the session is in. */
export async function listTables(session: BulkSession): Promise<Table[]> {
  const columns = await session.many(
    Column,
    `select relname as "table", attname as "column" from pg_class
      join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
      where relkind = 'r' and relnamespace = current_schema()::regnamespace
      order by relname collate "C", attnum`,
  )
  const sequences = await session.many(
    Sequence,
    `select relname as name from pg_class where relkind = 'S' and relnamespace = current_schema()::regnamespace`,
  )
  if (sequences.length > 0)
    throw new BackupFault(`The schema has the sequence ${sequences[0]?.name}, which a backup would not bring back.`)
  const tables = Map.groupBy(columns, ({ table }) => table)
  return [...tables]
    .filter(([name]) => !ofMigrations.includes(name))
    .map(([name, ofTable]) => ({ name, columns: ofTable.map(({ column }) => asName(column)).join(', ') }))
}

export const copyOutOf = ({ name, columns }: Table): string => `copy ${asName(name)} (${columns}) to stdout`
export const copyInto = ({ name, columns }: Table): string => `copy ${asName(name)} (${columns}) from stdin`
