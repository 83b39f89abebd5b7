import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import { SqlError } from './errors.ts'
import { newId } from './new-id.ts'
import { column } from './row.ts'
import type { Sql } from './sql.ts'

const leaseSeconds = 30
const renewEveryMs = 10_000
const pollEveryMs = 250

/** Holds the one lock under which the schema changes; whoever dies with it loses it when its lease runs out. */
export class MigrationLock {
  readonly #sql: Sql
  readonly #holder: string
  readonly #renewal: NodeJS.Timeout
  #lost: unknown

  /** Waits until the lock is free, and takes it. */
  static async take(sql: Sql, onWait: () => void): Promise<MigrationLock> {
    await createLockTable(sql)
    const holder = newId()
    for (let hasWaited = false; !(await claim(sql, holder)); hasWaited = true) {
      if (!hasWaited) onWait()
      await sleep(pollEveryMs)
    }
    return new MigrationLock(sql, holder)
  }

  private constructor(sql: Sql, holder: string) {
    this.#sql = sql
    this.#holder = holder
    this.#renewal = setInterval(() => void this.#renew(), renewEveryMs)
  }

  /** Throws when the lock may have gone to somebody else. */
  async assertHeld(): Promise<void> {
    await this.#renew()
    if (this.#lost) throw this.#lost
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal)
    await this.#sql.execute`
      update migration_lock set expires_at = clock_timestamp() where name = 'schema' and holder = ${this.#holder}`
  }
  [Symbol.asyncDispose] = () => this.close()

  async #renew(): Promise<void> {
    try {
      if (await claim(this.#sql, this.#holder)) return
      this.#lost = new Error('The migration lock went to another process')
    } catch (error) {
      this.#lost = error
    }
  }
}

/** Unique violation, duplicate table, duplicate object: which one depends on how far the other process has come. */
const alreadyThere: readonly string[] = ['23505', '42P07', '42710']

/** Processes that create the same table at once collide inside Postgres, in spite of "if not exists". */
async function createLockTable(sql: Sql): Promise<void> {
  try {
    await sql.runScript(`
      create table if not exists migration_lock (
        name text primary key,
        holder uuid not null,
        expires_at timestamptz not null
      )`)
  } catch (error) {
    if (!(error instanceof SqlError && alreadyThere.includes(error.state))) throw error
  }
}

const HolderRow = Type.Object({ holder: column.id })

/** Takes the lock where it is free or ours; time is the database's, so that clocks cannot disagree. */
async function claim(sql: Sql, holder: string): Promise<boolean> {
  const row = await sql.maybeOne(HolderRow)`
    insert into migration_lock (name, holder, expires_at)
    values ('schema', ${holder}, clock_timestamp() + interval '1 second' * ${leaseSeconds}::float8)
    on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
      where migration_lock.holder = excluded.holder or migration_lock.expires_at < clock_timestamp()
    returning holder`
  return row?.holder === holder
}
