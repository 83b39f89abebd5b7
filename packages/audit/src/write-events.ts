import { type Logger, withoutRequest } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { type Sql, SqlError } from '@secureconnect/sql'
import type { AuditEvent } from './audit-event.ts'
import { insertEvents } from './store.ts'

/** How many events wait in memory at most while the database is away; all of them stand in the log as well. */
export const queueLength = 1_000
const eventsAtOnce = 100
const tryAgainMs = 1_000

export type EventWriter = AsyncDisposable & { add(event: AuditEvent): void }

export type WriterOptions = { sql: Sql; log: Logger; metrics: Pick<Metrics, 'auditWriteFailures'> }

/** A value that does not fit its column will never fit; everything else may pass. */
function isRefused(error: unknown): boolean {
  return error instanceof SqlError && /^2[23]/.test(error.state)
}

/** Stores events as they come; what cannot be stored waits, and is counted once. */
export function createEventWriter({ sql, log, metrics }: WriterOptions): EventWriter {
  const queue: AuditEvent[] = []
  let counted = 0
  let writing: Promise<void> | undefined
  let pausedUntil = 0

  function countFailures(): void {
    metrics.auditWriteFailures.inc(queue.length - counted)
    counted = queue.length
  }

  /** Tells whether the events are dealt with; one that the database refuses must not hold back the others. */
  async function store(events: readonly AuditEvent[]): Promise<boolean> {
    try {
      await insertEvents(sql.background, events)
      return true
    } catch (error) {
      if (!isRefused(error)) return false
      const [event, ...others] = events
      if (others.length > 0) return (await Promise.all(events.map((each) => store([each])))).every(Boolean)
      metrics.auditWriteFailures.inc()
      log.error({ error, event_id: event?.event_id }, 'the database refused an audit record')
      return true
    }
  }

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const events = queue.slice(0, eventsAtOnce)
      if (!(await store(events))) {
        countFailures()
        pausedUntil = performance.now() + tryAgainMs
        return
      }
      queue.splice(0, events.length)
      counted = Math.max(0, counted - events.length)
    }
  }

  function write(): Promise<void> {
    writing ??= withoutRequest(writeAll).finally(() => {
      writing = undefined
    })
    return writing
  }

  const timer = setInterval(() => void write(), tryAgainMs).unref()

  return {
    add(event) {
      if (queue.length >= queueLength) return metrics.auditWriteFailures.inc()
      queue.push(event)
      if (performance.now() >= pausedUntil) void write()
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await writing
      await write()
      if (queue.length > 0) log.warn({ count: queue.length }, 'audit records stand in the log only')
    },
  }
}
