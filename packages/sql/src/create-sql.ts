import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { Driver } from './driver.ts'
import { isConnectionLost, isSerializationFailure, SqlUnavailable } from './errors.ts'
import { sqlLimits } from './limits.ts'
import { observeAcquire, observeStatements, type Tracer } from './observe.ts'
import { createQueries, type Run } from './queries.ts'
import type { Sql } from './sql.ts'
import { describeStatement } from './statement.ts'
import { runTransaction } from './transaction.ts'

/** Who hears of what the database does; a script may leave them all out. */
export type Observers = { metrics?: Metrics; log?: Logger; tracing?: Tracer }

export type SqlOptions = Observers & { driver: Driver; background?: Sql }

const pingStatement = describeStatement('select 1')

/** Makes the port of a driver: what all adapters share. */
export function createSql(options: SqlOptions): Sql {
  const { driver, background, log } = options

  async function withSession<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const session = await observeAcquire(options, () => driver.acquire())
    let isLost = false
    try {
      return await work(observeStatements(options, session))
    } catch (error) {
      isLost = isConnectionLost(error)
      throw error
    } finally {
      session.release({ isLost })
    }
  }

  function runHook(hook: () => void): void {
    try {
      hook()
    } catch (error) {
      log?.error({ error, dependency: 'sql' }, 'what should follow a committed transaction failed')
    }
  }

  const sql: Sql = {
    ...createQueries((statement, values) =>
      repeatOnContention(options, () => withSession((run) => run(statement, values))),
    ),
    async transaction(work) {
      const committed = await repeatOnContention(options, () => withSession((run) => runTransaction(run, work)))
      committed.hooks.forEach(runHook)
      return committed.result
    },
    get background() {
      return background ?? sql
    },
    runScript: (text) => driver.runScript(text),
    async ping() {
      await withSession((run) => run(pingStatement, []))
    },
    async close() {
      await Promise.all([driver.close(), background?.close()])
    },
    [Symbol.asyncDispose]: () => sql.close(),
  }
  return sql
}

const firstWaitMs = 20

/** The database refuses one of two transactions that cross; that one is run again, whole, after a random wait. */
async function repeatOnContention<T>({ metrics }: Observers, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isSerializationFailure(error)) throw error
      if (attempt === sqlLimits.attempts) throw new SqlUnavailable('contention', error)
      metrics?.retries.inc({ dependency: 'sql' })
      await sleep(Math.random() * firstWaitMs * 2 ** attempt)
    }
  }
}
