import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { ServiceName } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'
import { type AuditEvent, type AuditRecord, toEvent } from './audit-event.ts'
import { startChainJob } from './chain-job.ts'
import { createEventWriter } from './write-events.ts'

/** Keeps the record of who did what, and who was refused what. */
export type Audit = AsyncDisposable & {
  /** Never throws and never waits: what it is told of has happened already. */
  record(record: AuditRecord): void
  close(): Promise<void>
}

export type AuditOptions = {
  service: ServiceName
  /** Where records are stored and chained; without it they go to the log only. */
  sql?: Sql
  log: Logger
  metrics: Pick<Metrics, 'auditEvents' | 'auditWriteFailures'>
  /** Keys the hash that stands for a session; without it records say nothing of sessions. */
  sessionKey?: Buffer
}

/** The level of the service must not silence its audit, except where nothing is logged at all. */
function createStream(log: Logger): Logger {
  return log.child({ stream: 'audit' }, { level: log.level === 'silent' ? 'silent' : 'info' })
}

/** The event as a log line, where service and time stand already and nothing is null. */
function toLine({ service: _, occurred_at: __, ...fields }: AuditEvent): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** Creates the audit of a service: each record becomes a log line, a count, and a row of an append-only chain. */
export function createAudit({ service, sql, log, metrics, sessionKey }: AuditOptions): Audit {
  const stack = new AsyncDisposableStack()
  const stream = createStream(log)
  if (sql) stack.use(startChainJob({ sql, log }))
  const writer = sql && stack.use(createEventWriter({ sql, log, metrics }))
  const close = () => stack.disposeAsync()
  return {
    record(record) {
      try {
        const event = toEvent(record, { service, sessionKey })
        stream.info(toLine(event), 'audit')
        metrics.auditEvents.inc({ action: event.action, result: event.result })
        writer?.add(event)
      } catch (error) {
        log.error({ error }, 'an audit record was lost')
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
