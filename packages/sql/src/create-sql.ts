import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { Tracing } from '@secureconnect/tracing'
import type { Driver } from './driver.ts'
import { isConnectionLost } from './errors.ts'
import { type Guard, noGuard } from './guard.ts'
import { observeAcquire, observeStatements } from './observe.ts'
import { createQueries, type Run } from './queries.ts'
import type { Sql } from './sql.ts'
import { describeStatement } from './statement.ts'
import { runTransaction } from './transaction.ts'

/** Who hears of what the database does; a script or a test may leave them out. */
export type Observers = { metrics?: Metrics; log?: Logger; tracing?: Pick<Tracing, 'inSpan'> }

export type SqlOptions = Observers & { driver: Driver; background?: Sql; guard?: Guard }

const probe = describeStatement('select 1')

/** Makes the port of a driver: what all adapters share. */
export function createSql(options: SqlOptions): Sql {
  const { driver, background, log, guard = noGuard } = options

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
    ...createQueries((statement, values) => guard.run(() => withSession((run) => run(statement, values)))),
    async transaction(work) {
      const { result, hooks } = await guard.run(() => withSession((run) => runTransaction(run, work)))
      hooks.forEach(runHook)
      return result
    },
    get background() {
      return background ?? sql
    },
    runScript: (text) => driver.runScript(text),
    async ping() {
      if (background) return background.ping()
      await guard.probe(() => withSession(async (run) => void (await run(probe, []))))
    },
    async close() {
      guard.close()
      await Promise.all([driver.close(), background?.close()])
    },
    [Symbol.asyncDispose]: () => sql.close(),
  }
  return sql
}
