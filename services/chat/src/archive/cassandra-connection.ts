import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import {
  type Breaker,
  type Bulkhead,
  createBreaker,
  createBulkhead,
  createRetryBudget,
  describeLimits,
  isDependencyFailure,
  type Probe,
  retry,
  startProbe,
  withTimeout,
} from '@secureconnect/resilience'
import { type Client, errors, type QueryOptions, types } from 'cassandra-driver'
import type { CassandraConfig } from '../config.ts'
import { historyUnavailable } from '../errors.ts'
import { createClient, type OwnedClient } from './cassandra-client.ts'
import { cassandraLimits } from './cassandra-limits.ts'
import { ensureSchema, type Table } from './cassandra-schema.ts'

type CassandraOptions = { config: CassandraConfig; metrics: Metrics; log: Logger }

type CassandraRead = { table: Table; query: string; values: unknown[] }

/** One statement for each of its rows. Each of ours may be repeated: they carry their own timestamps. */
export type CassandraWrite = { operation: 'insert' | 'delete'; table: Table; query: string; rows: unknown[][] }

/** What goes to the server, named for its metrics. */
type Call = {
  operation: 'select' | CassandraWrite['operation']
  table: Table
  timeoutMs: number
  send: (client: Client, options: QueryOptions) => Promise<types.ResultSet>
}

const dependency = 'cassandra'
const { readMs, writeMs, attempts, retryRatio, inFlight, queue, waitMs, connectMs } = cassandraLimits

const refusals: readonly number[] = [types.responseErrorCodes.syntaxError, types.responseErrorCodes.invalid]

/** A statement that the server refuses to understand is our own fault: it would fail again. */
function isRefusal(error: unknown): boolean {
  return error instanceof errors.ResponseError && refusals.includes(error.code)
}

function isFailure(error: unknown): boolean {
  return !isRefusal(error) && isDependencyFailure(error)
}

function labelOf(error: unknown): string {
  if (error instanceof AppError) return 'timeout'
  if (error instanceof errors.ResponseError) return `0x${error.code.toString(16)}`
  return error instanceof Error ? error.name : 'other'
}

const appliedLimits = {
  dependency,
  connectTimeoutMs: connectMs,
  callTimeoutMs: writeMs,
  inFlight: `${inFlight}, reads at most ${readMs} ms`,
  retries: `${attempts - 1}, what may be repeated`,
}

/** Cassandra behind its limits: what it cannot do in time is HISTORY_UNAVAILABLE, and while it is away nobody waits. */
export class CassandraConnection {
  static async create(options: CassandraOptions): Promise<CassandraConnection> {
    const connection = new CassandraConnection(options, await createClient(options.config))
    options.log.info({ limits: describeLimits([appliedLimits]) }, 'cassandra configured')
    await connection.probe.checkNow()
    return connection
  }

  readonly probe: Probe
  #owned: OwnedClient
  readonly #options: CassandraOptions
  readonly #bulkhead: Bulkhead
  readonly #breakers: Readonly<Record<'read' | 'write', Breaker>>
  readonly #budget = createRetryBudget({ ratio: retryRatio })
  #starting: Promise<void> | undefined
  #isStarted = false

  private constructor(options: CassandraOptions, owned: OwnedClient) {
    const { metrics, log } = options
    this.#options = options
    this.#owned = owned
    this.#bulkhead = createBulkhead({ dependency, limit: inFlight, queue, waitMs, metrics })
    const read = createBreaker({ dependency: `${dependency} read`, metrics, log, isFailure })
    const write = createBreaker({ dependency: `${dependency} write`, metrics, log, isFailure })
    this.#breakers = { read, write }
    this.probe = startProbe({
      name: dependency,
      check: () => this.#check(),
      timeoutMs: readMs,
      breaker: {
        report(isUp) {
          read.report(isUp)
          write.report(isUp)
        },
      },
    })
  }

  get isAvailable(): boolean {
    return this.#isUp('read')
  }

  get takesWrites(): boolean {
    return this.#isUp('write')
  }

  async read({ table, query, values }: CassandraRead): Promise<types.Row[]> {
    const { rows } = await this.#run(this.#breakers.read, {
      operation: 'select',
      table,
      timeoutMs: readMs,
      send: (client, options) => client.execute(query, values, options),
    })
    return rows
  }

  async write({ operation, table, query, rows }: CassandraWrite): Promise<void> {
    const [first] = rows
    const queries = rows.map((params) => ({ query, params }))
    await this.#run(this.#breakers.write, {
      operation,
      table,
      timeoutMs: writeMs,
      // Each row may come again, so no log of its own has to see a batch through.
      send: (client, options) =>
        rows.length === 1
          ? client.execute(query, first, options)
          : client.batch(queries, { ...options, logged: false }),
    })
  }

  async close(): Promise<void> {
    this.probe.close()
    for (const breaker of Object.values(this.#breakers)) breaker.close()
    await this.#starting?.catch(() => undefined)
    await this.#owned.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #isUp(kind: 'read' | 'write'): boolean {
    return this.probe.state.status === 'up' && this.#breakers[kind].state === 'closed'
  }

  async #check(): Promise<void> {
    if (!this.#isStarted) {
      this.#starting ??= this.#start().finally(() => {
        this.#starting = undefined
      })
      await this.#starting
    }
    try {
      const options = { prepare: false, readTimeout: readMs }
      await this.#owned.client.execute('select key from system.local', [], options)
    } catch (error) {
      await this.#renew()
      throw error
    }
  }

  async #start(): Promise<void> {
    const { client } = this.#owned
    await client.connect()
    await ensureSchema(client, this.#options.config)
    this.#isStarted = true
  }

  /** A client that has lost its servers is replaced: what it keeps of them does not always find its way back. */
  async #renew(): Promise<void> {
    if (!this.#isStarted) return
    this.#isStarted = false
    const lost = this.#owned
    this.#owned = await createClient(this.#options.config)
    await lost.close()
  }

  async #run(breaker: Breaker, call: Call): Promise<types.ResultSet> {
    const { metrics } = this.#options
    // Before its tables are made, a server that is there would say that there are none.
    if (!this.#isStarted) throw historyUnavailable(new Error('Cassandra was not looked at yet'))
    try {
      return await this.#bulkhead.run(() =>
        retry(() => breaker.call(() => this.#send(call)), {
          dependency,
          attempts,
          budget: this.#budget,
          // What took too long, or was refused without asking, is not asked for again.
          shouldRetry: (error) => !(error instanceof AppError) && isFailure(error),
          metrics,
        }),
      )
    } catch (error) {
      if (isRefusal(error) || (error instanceof AppError && error.code === 'REQUEST_TIMEOUT')) throw error
      throw historyUnavailable(error)
    }
  }

  async #send({ operation, table, timeoutMs, send }: Call): Promise<types.ResultSet> {
    const { metrics } = this.#options
    const end = metrics.cassandraQueryDuration.startTimer({ operation, table })
    const options = { prepare: true, isIdempotent: true, readTimeout: timeoutMs }
    try {
      return await withTimeout({ dependency, timeoutMs }, () => send(this.#owned.client, options))
    } catch (error) {
      metrics.cassandraQueryErrors.inc({ operation, table, error: labelOf(error) })
      throw error
    } finally {
      end()
    }
  }
}
