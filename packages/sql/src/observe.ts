import type { Metrics } from '@secureconnect/metrics'
import type { Driver, Session } from './driver.ts'
import { errorLabel } from './errors.ts'
import { sqlLimits } from './limits.ts'
import type { Run } from './queries.ts'
import type { Statement } from './statement.ts'

/** The part of tracing that the database needs. */
export type Tracer = {
  inSpan<T>(name: string, attributes: Record<string, string>, work: () => Promise<T>): Promise<T>
}

type Observed = { driver: Driver; metrics?: Metrics; tracing?: Tracer }
type Labels = Pick<Statement, 'operation' | 'table'>

async function measure<T>({ metrics }: Observed, labels: Labels, work: () => Promise<T>): Promise<T> {
  const { operation, table } = labels
  const stopTimer = metrics?.dbQueryDuration.startTimer({ operation, table })
  try {
    return await work()
  } catch (error) {
    metrics?.dbQueryErrors.inc({ operation, table, error: errorLabel(error) })
    throw error
  } finally {
    stopTimer?.()
  }
}

/** Getting a connection counts as an operation of its own: that is where a dead or busy database shows. */
export function observeAcquire(observed: Observed, acquire: () => Promise<Session>): Promise<Session> {
  return measure(observed, { operation: 'acquire', table: 'none' }, acquire)
}

/** Runs statements on a session, each with its metric and its span. */
export function observeStatements(observed: Observed, session: Session): Run {
  const { driver, tracing } = observed
  const run: Run = (statement, values) =>
    measure(observed, statement, () => session.query(statement.text, values, sqlLimits.statementMs))
  if (!tracing) return run
  return (statement, values) => {
    const attributes = {
      'db.system.name': driver.system,
      'db.operation.name': statement.operation,
      'db.collection.name': statement.table,
      'db.query.text': statement.text,
    }
    return tracing.inSpan(`${statement.operation} ${statement.table}`, attributes, () => run(statement, values))
  }
}
