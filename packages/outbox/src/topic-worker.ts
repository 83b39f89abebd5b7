import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@secureconnect/errors'
import { type Logger, withoutRequest } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { withTimeout } from '@secureconnect/resilience'
import { isUnavailable, newId, type Sql, type Transaction } from '@secureconnect/sql'
import { buryRow, claimRows, measureBacklog, type OutboxRow, postponeRow, removeExpired, removeRow } from './rows.ts'
import { pickDelayMs, type Topic, topicDefaults, Undeliverable } from './topic.ts'

export type WorkerOptions = { sql: Sql; log: Logger; metrics: Metrics; name: string; topic: Topic }

const sweepEveryMs = 1_000
const measureEveryMs = 5_000
/** A lease outlasts the attempt by this much, so that its outcome can still be written. */
const leaseMarginMs = 10_000
const writeAgainMs = 500
const errorCharacters = 200

/** Carries out the effects of one topic: as many at once as it allows, never two of one key. */
export class TopicWorker {
  readonly #options: WorkerOptions
  readonly #topic: Required<Pick<Topic, keyof typeof topicDefaults>>
  readonly #holder = newId()
  readonly #running = new Set<Promise<void>>()
  readonly #timers: NodeJS.Timeout[]
  #claiming: Promise<void> | undefined
  #isWoken = false
  #isClosed = false

  static async create(options: WorkerOptions): Promise<TopicWorker> {
    return new TopicWorker(options)
  }

  private constructor(options: WorkerOptions) {
    this.#options = options
    this.#topic = { ...topicDefaults, ...options.topic }
    options.metrics.outboxDead.inc({ topic: options.name }, 0)
    this.#timers = [
      setInterval(() => this.wake(), sweepEveryMs).unref(),
      setInterval(() => void this.#measure(), measureEveryMs).unref(),
    ]
    this.wake()
  }

  /** Looks for rows now; if it is looking already, once more afterwards. */
  wake(): void {
    if (this.#isClosed) return
    this.#isWoken = true
    this.#claiming ??= withoutRequest(() => this.#claimAll()).finally(() => {
      this.#claiming = undefined
    })
  }

  /** Begins nothing more and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    await this.#claiming
    await Promise.all(this.#running)
  }

  async #claimAll(): Promise<void> {
    while (this.#isWoken && !this.#isClosed) {
      this.#isWoken = false
      await this.#claim()
    }
  }

  async #claim(): Promise<void> {
    const { sql, name, log } = this.#options
    const count = this.#topic.atOnce - this.#running.size
    if (count <= 0 || this.#options.topic.isReady?.() === false) return
    try {
      const leaseMs = this.#topic.timeoutMs + leaseMarginMs
      const rows = await claimRows(sql.background, { topic: name, holder: this.#holder, leaseMs, count })
      for (const row of rows) this.#start(row)
    } catch (error) {
      log.debug({ error, topic: name }, 'the outbox could not be read')
    }
  }

  #start(row: OutboxRow): void {
    const run = this.#run(row).finally(() => {
      this.#running.delete(run)
      // The next row of this key has become the oldest.
      this.wake()
    })
    this.#running.add(run)
  }

  async #run(row: OutboxRow): Promise<void> {
    const { log, name } = this.#options
    try {
      await this.#carryOut(row).catch((error: unknown) => this.#noteFailure(row, error))
    } catch (error) {
      log.warn({ error, topic: name, outbox_id: row.outbox_id }, 'the outcome of a side effect could not be written')
    }
  }

  async #carryOut(row: OutboxRow): Promise<void> {
    const { sql, topic, name } = this.#options
    const held = { row, holder: this.#holder }
    const { timeoutMs } = this.#topic
    if ('deliver' in topic) {
      await withTimeout({ dependency: name, timeoutMs }, async (signal) => topic.deliver(row, signal))
      await this.#write(() => removeRow(sql.background, held))
      return
    }
    const apply =
      'apply' in topic
        ? (tx: Transaction) => topic.apply(tx, row)
        : await withTimeout({ dependency: name, timeoutMs }, async (signal) => topic.prepare(row, signal))
    const applyOnce = async (tx: Transaction) => {
      if (await removeRow(tx, held)) await apply(tx)
    }
    await this.#write(() => sql.background.transaction(applyOnce))
  }

  async #noteFailure(row: OutboxRow, error: unknown): Promise<void> {
    const { sql, log, metrics, name } = this.#options
    const held = { row, holder: this.#holder }
    const reason = String(error).slice(0, errorCharacters)
    const fields = { error, topic: name, outbox_id: row.outbox_id, attempts: row.attempts, outcome: 'failed' }
    if (error instanceof Undeliverable || row.attempts >= this.#topic.attempts) {
      await this.#write(() => buryRow(sql.background, held, reason))
      metrics.outboxDead.inc({ topic: name })
      log.error(fields, 'a side effect was given up')
    } else {
      await this.#write(() => postponeRow(sql.background, held, pickDelayMs(row.attempts, error), reason))
      // That something is away is told once, by its breaker.
      const level = error instanceof AppError && error.status === 503 ? 'debug' : 'warn'
      log[level](fields, 'a side effect failed and waits for its next attempt')
    }
  }

  /** Writes an outcome, however long the database is away: else what happened once would happen again. */
  async #write(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work()
        return
      } catch (error) {
        if (!isUnavailable(error) || this.#isClosed) throw error
        await sleep(writeAgainMs)
      }
    }
  }

  async #measure(): Promise<void> {
    const { sql, metrics, name, log } = this.#options
    try {
      const expired = await removeExpired(sql.background, name)
      if (expired > 0) log.info({ topic: name, count: expired }, 'side effects expired before they could happen')
      const { pending, oldest_seconds: oldestSeconds } = await measureBacklog(sql.background, name)
      metrics.outboxPending.set({ topic: name }, pending)
      metrics.outboxOldest.set({ topic: name }, oldestSeconds)
    } catch (error) {
      log.debug({ error, topic: name }, 'the outbox could not be measured')
    }
  }
}
