import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import type { Metrics } from '@secureconnect/metrics'
import { createSql, type Observers } from './create-sql.ts'
import type { Driver, Session } from './driver.ts'
import { translateRefusal } from './errors.ts'
import { sqlLimits } from './limits.ts'
import type { Sql } from './sql.ts'
import { Turns } from './turns.ts'

/** PGlite has one connection, which its users hold in turn. */
type Database = { engine: Promise<PGlite>; turns: Turns; users: number; closed?: Promise<void> }

/** A folder can be open once only, and in the embedded mode all five services of the process use it. */
const openFolders = new Map<string, Database>()

async function startEngine(folder: string | undefined): Promise<PGlite> {
  // Loaded only where it is used: a service on a server should not carry a second database in its memory.
  const { PGlite } = await import('@electric-sql/pglite')
  const { valueParsers } = await import('./value-types.ts')
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const engine = await PGlite.create({ ...(folder !== undefined && { dataDir: folder }), parsers: { ...valueParsers } })
  await engine.exec(`set gin_pending_list_limit = ${sqlLimits.waitingWordsKib}`)
  return engine
}

/** Shares the database that is open already, or opens it, once whoever had it before has closed it. */
function openDatabase(folder: string | undefined): Database {
  const known = folder === undefined ? undefined : openFolders.get(folder)
  const isOpen = known !== undefined && known.closed === undefined
  const engine = isOpen ? known.engine : Promise.resolve(known?.closed).then(() => startEngine(folder))
  const database = isOpen ? known : { engine, turns: new Turns(), users: 0 }
  database.users++
  if (folder !== undefined) openFolders.set(folder, database)
  return database
}

async function closeDatabase(database: Database, folder: string | undefined): Promise<void> {
  database.users--
  if (database.users > 0) return
  database.closed = database.engine.then((engine) => engine.close())
  await database.closed
  if (folder !== undefined && openFolders.get(folder) === database) openFolders.delete(folder)
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw translateRefusal(error) ?? error
  }
}

type DriverOptions = { engine: PGlite; turns: Turns; metrics: Metrics | undefined; close: () => Promise<void> }

function createDriver({ engine, turns, metrics, close }: DriverOptions): Driver {
  const tell = (inUse: 0 | 1) => {
    metrics?.dbConnectionsActive.set(inUse)
    metrics?.dbConnectionsIdle.set(1 - inUse)
  }
  metrics?.dbConnectionsMax.set(1)
  tell(0)
  const session: Session = {
    async query({ text }, values) {
      const { rows, affectedRows = 0 } = await translated(engine.query(text, [...values]))
      // It counts what a statement changed; Postgres counts what it read, too.
      return { rows, count: Math.max(affectedRows, rows.length) }
    },
    release() {
      tell(0)
      turns.give()
    },
  }
  return {
    system: 'pglite',
    async acquire() {
      await turns.take(sqlLimits.statementMs)
      tell(1)
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
    const engine = await database.engine
    const driver = createDriver({ engine, turns: database.turns, metrics: observers.metrics, close })
    return createSql({ driver, ...observers })
  } catch (error) {
    if (path !== undefined) openFolders.delete(path)
    throw error
  }
}
