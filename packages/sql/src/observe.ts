import { AppError } from '@secureconnect/errors'
import { currentRequest } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { callTimeoutMs } from '@secureconnect/resilience'
import type { Tracing } from '@secureconnect/tracing'
import type { Driver, Session } from './driver.ts'
import { errorLabel } from './errors.ts'
import { sqlLimits } from './limits.ts'
import type { Run } from './queries.ts'
import type { Statement } from './statement.ts'

type Observed = { driver: Driver; metrics?: Metrics; tracing?: Pick<Tracing, 'inSpan'> }
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

/** A statement may take what is left of the request; nobody waits for the answer to a client that has gone. */
function pickTimeoutMs({ endsTransaction }: Statement): number {
  if (endsTransaction) return sqlLimits.statementMs
  if (currentRequest()?.signal?.aborted) throw new AppError('REQUEST_TIMEOUT', 'The request is over.')
  return callTimeoutMs(sqlLimits.statementMs)
}

/** Runs statements on a session, each with its metric and its span. */
export function observeStatements(observed: Observed, session: Session): Run {
  const { driver, tracing } = observed
  const run: Run = async (statement, values) => {
    const timeoutMs = pickTimeoutMs(statement)
    return measure(observed, statement, () => session.query(statement, values, timeoutMs))
  }
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
