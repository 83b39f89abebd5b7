import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createSql, type Observers } from './create-sql.ts'
import type { Driver, Session } from './driver.ts'
import { translateRefusal } from './errors.ts'
import { sqlLimits } from './limits.ts'
import type { Sql } from './sql.ts'
import { Turns } from './turns.ts'
import { valueParsers } from './value-types.ts'

/** PGlite has one connection, which its users hold in turn. */
type Database = { engine: Promise<PGlite>; turns: Turns; users: number }

/** A folder can be open once only, and in the embedded mode all five services of the process use it. */
const openFolders = new Map<string, Database>()

async function startEngine(folder: string | undefined): Promise<PGlite> {
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  return PGlite.create({ ...(folder !== undefined && { dataDir: folder }), parsers: { ...valueParsers } })
}

function openDatabase(folder: string | undefined): Database {
  const known = folder === undefined ? undefined : openFolders.get(folder)
  const database = known ?? { engine: startEngine(folder), turns: new Turns(), users: 0 }
  database.users++
  if (folder !== undefined) openFolders.set(folder, database)
  return database
}

async function closeDatabase(database: Database, folder: string | undefined): Promise<void> {
  database.users--
  if (database.users > 0) return
  if (folder !== undefined) openFolders.delete(folder)
  await (await database.engine).close()
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw translateRefusal(error) ?? error
  }
}

function createDriver(engine: PGlite, { turns }: Database, close: () => Promise<void>): Driver {
  const session: Session = {
    async query(text, values) {
      const { rows, affectedRows = 0 } = await translated(engine.query(text, [...values]))
      return { rows, count: affectedRows }
    },
    release: () => turns.give(),
  }
  return {
    system: 'pglite',
    async acquire() {
      await turns.take(sqlLimits.statementMs)
      return session
    },
    async runScript(text) {
      await turns.take(sqlLimits.statementMs)
      try {
        const results = await translated(engine.exec(text))
        return results.at(-1)?.rows ?? []
      } finally {
        turns.give()
      }
    },
    close,
  }
}

/** Opens the embedded database in `folder`, or in memory where there is none. */
export async function openPglite(options: Observers & { folder?: string | undefined } = {}): Promise<Sql> {
  const { folder, ...observers } = options
  const path = folder === undefined ? undefined : resolve(folder)
  const database = openDatabase(path)
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeDatabase(database, path)
    return closing
  }
  try {
    const driver = createDriver(await database.engine, database, close)
    observers.metrics?.dbConnectionsMax.set(1)
    return createSql({ driver, ...observers })
  } catch (error) {
    if (path !== undefined) openFolders.delete(path)
    throw error
  }
}
