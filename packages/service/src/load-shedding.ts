import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { AppError } from '@secureconnect/errors'
import { asCritical } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { Operation, Priority } from '@secureconnect/protocol'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    priority?: Priority
  }
}

/** How loaded the process is: 0 at ease, 1 sheds what can wait, 2 sheds all but what must go through. */
export type LoadLevel = 0 | 1 | 2

/** Event-loop delay and utilisation from which each level begins. */
const thresholds = { delayMs: [150, 500], utilization: [0.95, 0.99] } as const
const sampleEveryMs = 500
const retryAfterMs = 1_000

const shedFrom: Record<Priority, LoadLevel | undefined> = { droppable: 1, read: 1, interactive: 2, critical: undefined }

export function judgeLoad(delayMs: number, utilization: number): LoadLevel {
  if (delayMs > thresholds.delayMs[1] || utilization > thresholds.utilization[1]) return 2
  if (delayMs > thresholds.delayMs[0] || utilization > thresholds.utilization[0]) return 1
  return 0
}

/** Watches the event loop: one long pause refuses nobody, and a process at ease again says so with the next sample. */
export class LoadMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: 10 })
  readonly #timer: NodeJS.Timeout
  #before: EventLoopUtilization = performance.eventLoopUtilization()
  readonly #latest: LoadLevel[] = [0, 0, 0]

  constructor() {
    this.#delay.enable()
    this.#timer = setInterval(() => this.#sample(), sampleEveryMs).unref()
  }

  /** The level that every one of the latest samples reached. */
  get level(): number {
    return Math.min(...this.#latest)
  }

  #sample(): void {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    this.#before = now
    this.#latest.shift()
    this.#latest.push(judgeLoad(this.#delay.percentile(99) / 1e6, utilization))
    this.#delay.reset()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }
}

/** What an operation is worth when not everything can be served. */
export function priorityOf(operation: Operation): Priority {
  return operation.priority ?? (operation.method === 'GET' ? 'read' : 'interactive')
}

/** Does what is asked as what it is worth: where there is a queue for the database, what is critical waits for nothing else. */
export function runAs<T>(priority: Priority, work: () => T): T {
  return priority === 'critical' ? asCritical(work) : work()
}

/** Decides, for requests and sockets alike, what gives way while the process is overloaded. */
export class LoadShedder {
  readonly #metrics: Pick<Metrics, 'requestsShed'>
  readonly #monitor: LoadMonitor | undefined

  /** One that is not on lets everything through. */
  constructor({ metrics, isOn }: { metrics: Pick<Metrics, 'requestsShed'>; isOn: boolean }) {
    this.#metrics = metrics
    if (isOn) this.#monitor = new LoadMonitor()
  }

  /** Whether what is worth so much gives way now. */
  isShedding(priority: Priority): boolean {
    const from = shedFrom[priority]
    return this.#monitor !== undefined && from !== undefined && this.#monitor.level >= from
  }

  /** Refuses a request that gives way now, before any work is done for it. */
  assertRoom(priority: Priority): void {
    if (!this.isShedding(priority)) return
    this.#metrics.requestsShed.inc({ class: priority })
    throw new AppError('CAPACITY', 'The service is overloaded; try again shortly.', { retryAfterMs })
  }

  close(): void {
    this.#monitor?.close()
  }
}

export function registerLoadShedding(app: FastifyInstance, load: LoadShedder): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { priority } = request.routeOptions.config
    if (priority !== undefined) load.assertRoom(priority)
    done()
  })
}
