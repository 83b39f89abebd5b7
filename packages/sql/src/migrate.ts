import { Type } from 'typebox'
import { MigrationLock } from './migration-lock.ts'
import { migrationsFolder, neededSchemaVersion, schemaVersion } from './schema-version.ts'
import type { Sql } from './sql.ts'

export type MigrateOptions = {
  /** Hears one sentence for each step. */
  onProgress?: (message: string) => void
  /** An earlier version than the newest, which somebody's data are of. */
  to?: number
}

const SchemaRow = Type.Object({ schema: Type.String() })

/**
 * Brings the schema up to what this code needs. Any number of processes may call it at once: one works, the others
 * wait. A migration may run a second time after a crash, so each of its statements is written to be repeatable.
 */
export async function migrate(
  sql: Sql,
  { onProgress = () => {}, to = neededSchemaVersion }: MigrateOptions = {},
): Promise<void> {
  const version = await schemaVersion(sql.background)
  if (version >= to) return onProgress(`the schema is at ${version}, nothing to do`)
  await using lock = await MigrationLock.take(sql.background, () => onProgress('another process migrates: waiting'))
  const { schema } = await sql.background.one(SchemaRow)`select current_schema() as schema`
  const { default: Postgrator } = await import('postgrator')
  const postgrator = new Postgrator({
    driver: 'pg',
    currentSchema: schema,
    migrationPattern: `${escapeGlob(migrationsFolder)}/*.sql`,
    execQuery: async (text) => ({ rows: [...(await sql.runScript(text))] }),
    execSqlScript: async (text) => {
      await lock.assertHeld()
      await sql.runScript(text)
    },
  })
  postgrator.on('migration-finished', ({ version, name }) => onProgress(`migrated to ${version}: ${name}`))
  await postgrator.migrate(String(to).padStart(4, '0'))
  onProgress(`the schema is at ${await schemaVersion(sql.background)}`)
}

/** The folder of a clone may have brackets in its name, which a pattern would take for its own. */
function escapeGlob(path: string): string {
  return path.replace(/[[\]{}()*?!+@]/g, '[$&]')
}
