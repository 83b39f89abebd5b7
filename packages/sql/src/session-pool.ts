import { isCritical } from '@secureconnect/logging'
import pg from 'pg'
import type { Driver, Result, Session } from './driver.ts'
import { SqlUnavailable, translateRefusal } from './errors.ts'
import { sqlLimits } from './limits.ts'
import type { Parameter } from './sql.ts'
import type { Statement } from './statement.ts'
import { Turns } from './turns.ts'
import { valueParsers } from './value-types.ts'

export type Server = {
  system: 'postgresql' | 'cockroachdb'
  host: string
  port: number
  database: string
  user: string
  password: string
  ssl: pg.PoolConfig['ssl']
  /** Where tables are looked for and made, where that is not as usual. */
  schema?: string | undefined
}

type PoolOptions = { server: Server; connections: number; onChange: () => void }

/**
 * Compiling a query takes longer than any of ours may run. What waits to be put into an index over words is read by every
 * search, so little may wait.
 */
const postgresOptions = `-c jit=off -c gin_pending_list_limit=${sqlLimits.waitingWordsKib}`

/** Weight of the newest value in a moving mean. */
const newestWeight = 0.1

function translate(error: unknown): unknown {
  const refusal = translateRefusal(error)
  if (refusal || error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)) {
    return refusal ?? error
  }
  return new SqlUnavailable(/timeout/i.test(error.message) ? 'timeout' : 'connection', error)
}

function getTypeParser(oid: number) {
  return valueParsers[oid] ?? ((text: string) => text)
}

/** Connections to a Postgres server, opened when needed and given up when in doubt. */
export class SessionPool implements Driver {
  static create(options: PoolOptions): SessionPool {
    return new SessionPool(options)
  }

  readonly system: Server['system']
  readonly connections: number
  readonly #pool: pg.Pool
  /** For its connections: the pool's own queue knows no difference between a message and a list. */
  readonly #turns: Turns
  readonly #openedAt = new WeakMap<pg.PoolClient, number>()
  readonly #onChange: () => void
  #holdMs = 0
  #lostAt = 0

  private constructor({ server, connections, onChange }: PoolOptions) {
    const { system, schema, ...address } = server
    const inSchema = schema === undefined ? '' : ` -c search_path=${schema}`
    this.system = system
    this.connections = connections
    this.#turns = new Turns(connections)
    this.#pool = new pg.Pool({
      ...address,
      application_name: 'secureconnect',
      ...(system === 'postgresql' && { options: `${postgresOptions}${inSchema}` }),
      types: { getTypeParser },
      max: connections,
      connectionTimeoutMillis: sqlLimits.acquireMs,
      idleTimeoutMillis: sqlLimits.idleConnectionMs,
      maxLifetimeSeconds: sqlLimits.connectionLifeMs / 1_000,
      statement_timeout: sqlLimits.statementMs,
      idle_in_transaction_session_timeout: sqlLimits.idleInTransactionMs,
      keepAlive: true,
      allowExitOnIdle: true,
    })
    this.#pool.on('connect', (client) => {
      this.#openedAt.set(client, Date.now())
      // The pool listens to idle connections only; without this, one that breaks in use would end the process.
      client.on('error', () => this.#noteLoss())
    })
    // The pool has dropped the connection already; whoever needs one next opens it anew.
    this.#pool.on('error', () => this.#noteLoss())
    this.#pool.on('remove', onChange)
    this.#onChange = onChange
  }

  get idle(): number {
    return this.#pool.idleCount
  }
  get inUse(): number {
    return this.#pool.totalCount - this.#pool.idleCount
  }

  async acquire(): Promise<Session> {
    const turn = { isCritical: isCritical() }
    this.#refuseHopelessWait(turn)
    await this.#turns.take(sqlLimits.acquireMs, turn)
    const client = await this.#takeClient()
    const takenAt = performance.now()
    this.#onChange()
    return {
      query: (statement, values, timeoutMs) => query(client, { ...statement, values, timeoutMs }),
      release: ({ isLost }) => {
        this.#holdMs += (performance.now() - takenAt - this.#holdMs) * newestWeight
        if (isLost) this.#noteLoss()
        client.release(isLost)
        this.#turns.give()
        this.#onChange()
      },
    }
  }

  async runScript(text: string): Promise<readonly unknown[]> {
    await this.#turns.take(sqlLimits.acquireMs)
    const client = await this.#takeClient()
    try {
      await client.query(`set statement_timeout = ${sqlLimits.scriptMs}`)
      const { rows } = await query(client, { text, values: [], timeoutMs: sqlLimits.scriptMs })
      return rows
    } finally {
      // It would keep the long timeout.
      client.release(true)
      this.#turns.give()
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end()
  }

  /** Everybody who waits pays for those before him: better to say no at once than after a second. */
  #refuseHopelessWait(turn: { isCritical: boolean }): void {
    if (this.#turns.taken < this.connections * sqlLimits.guardedShare) return
    const waitMs = ((this.#turns.countBefore(turn) + 1) * this.#holdMs) / this.connections
    if (waitMs > sqlLimits.acquireMs) throw new SqlUnavailable('exhausted')
  }

  /** Connections opened before another one was lost are suspect: a partition leaves them open and useless. */
  async #takeClient(): Promise<pg.PoolClient> {
    try {
      for (;;) {
        const client = await this.#pool.connect()
        const openedAt = this.#openedAt.get(client) ?? 0
        if (openedAt >= this.#lostAt) return client
        client.release(true)
      }
    } catch (error) {
      this.#turns.give()
      // Whatever keeps us from a connection, credentials and certificates included, is no fault of the client's.
      throw new SqlUnavailable('connection', error)
    }
  }

  #noteLoss(): void {
    this.#lostAt = Date.now()
  }
}

type Query = Pick<Statement, 'text' | 'name'> & { values: readonly Parameter[]; timeoutMs: number }

async function query(client: pg.PoolClient, { text, name, values, timeoutMs }: Query): Promise<Result> {
  const limits = { query_timeout: timeoutMs + sqlLimits.hungServerGraceMs }
  try {
    const { rows, rowCount } = await client.query({ text, ...(name && { name }), values: [...values], ...limits })
    return { rows, count: rowCount ?? 0 }
  } catch (error) {
    throw translate(error)
  }
}
