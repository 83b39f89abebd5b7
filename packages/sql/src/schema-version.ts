import { readdirSync } from 'node:fs'
import { Type } from 'typebox'
import { SqlError } from './errors.ts'
import { column } from './row.ts'
import type { Queries } from './sql.ts'

export const migrationsFolder = `${import.meta.dirname}/../migrations`

/** The schema that this code needs: the number of the newest migration. */
export const neededSchemaVersion = Math.max(...readdirSync(migrationsFolder).map((name) => Number.parseInt(name, 10)))

const VersionRow = Type.Object({ version: column.nullable(column.integer) })
const undefinedTable = '42P01'

/** The schema that the database has; 0 before the first migration. */
export async function schemaVersion(sql: Queries): Promise<number> {
  try {
    const { version } = await sql.one(VersionRow)`select max(version) as version from schemaversion`
    return version ?? 0
  } catch (error) {
    if (error instanceof SqlError && error.state === undefinedTable) return 0
    throw error
  }
}
