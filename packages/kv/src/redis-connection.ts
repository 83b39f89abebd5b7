import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { classifyFailure, RedisFailure, type RedisFailureKind } from './redis-failure.ts'

/** How long Redis may take; no default of its client is left in force. */
export const redisLimits = {
  connectMs: 500,
  callMs: 150,
  /** A connection on which an answer is overdue this long is replaced: behind it may be nobody any more. */
  silentMs: 1_000,
  reconnectMs: { first: 50, longest: 1_000 },
  closeMs: 100,
  retries: 0,
} as const

export type RedisServer = {
  host: string
  port: number
  /** Whether this is a node of a cluster, which tells the others. */
  isCluster?: boolean
  username: string
  password?: string | undefined
  /** The authority that signed the server's certificate; without one the connection is not encrypted. */
  ca?: string | undefined
}

function pickReconnectMs(attempt: number): number {
  const { first, longest } = redisLimits.reconnectMs
  return Math.min(longest, first * 2 ** (attempt - 1)) * (0.75 + Math.random() / 4)
}

function describeConnection({ username, password, ca }: RedisServer) {
  return {
    // A server without a password takes no user name either.
    ...(password !== undefined && { username, password }),
    ...(ca !== undefined && { tls: { ca, minVersion: 'TLSv1.2' as const } }),
    connectTimeout: redisLimits.connectMs,
    socketTimeout: redisLimits.silentMs,
    disconnectTimeout: redisLimits.closeMs,
    maxRetriesPerRequest: redisLimits.retries,
    autoResendUnfulfilledCommands: false,
    // Subscriptions are renewed by their owner, who can tell whether that worked.
    autoResubscribe: false,
    // Needs INFO, which a well-kept user may not call; our probe finds a server that is still loading.
    enableReadyCheck: false,
    disableClientInfo: true,
  }
}

/** A node that does not hold a key says which does; one that has just got it may take a moment. */
const clusterLimits = { maxRedirections: 3, retryDelayOnFailover: 50, slotsRefreshTimeout: redisLimits.connectMs }

/** A client of one server, or of all nodes of a cluster; both know the same commands. */
function createClient(server: RedisServer): Redis | Cluster {
  const { host, port, isCluster = false } = server
  const options = describeConnection(server)
  if (!isCluster)
    return new Redis({ host, port, ...options, retryStrategy: pickReconnectMs, enableOfflineQueue: false })
  return new Cluster([{ host, port }], {
    ...clusterLimits,
    redisOptions: options,
    shardedSubscribers: true,
    clusterRetryStrategy: pickReconnectMs,
    enableOfflineQueue: false,
    enableReadyCheck: false,
  })
}

export type RedisConnectionOptions = {
  server: RedisServer
  metrics: Pick<Metrics, 'redisCommands' | 'redisCommandDuration' | 'redisErrors' | 'redisConnections'>
  log: Logger
}

/** One connection to Redis that looks after itself: replaced when lost or silent, never waited for. */
export class RedisConnection {
  readonly client: Redis | Cluster
  readonly #metrics: RedisConnectionOptions['metrics']
  readonly #log: Logger
  #fault: RedisFailureKind | undefined

  constructor({ server, metrics, log }: RedisConnectionOptions) {
    this.#metrics = metrics
    this.#log = log
    this.client = createClient(server)
    let isCounted = false
    const count = (isReady: boolean) => {
      if (isReady !== isCounted) metrics.redisConnections.inc(isReady ? 1 : -1)
      isCounted = isReady
    }
    this.client.on('ready', () => {
      this.#fault = undefined
      count(true)
    })
    this.client.on('close', () => count(false))
    this.client.on('error', (error) => this.#noteFault(error))
  }

  /** What the client really applies to each of its connections. */
  get options(): RedisOptions {
    const { client } = this
    if (client instanceof Redis) return client.options
    const { redisOptions, enableOfflineQueue } = client.options
    return { ...redisOptions, ...(enableOfflineQueue !== undefined && { enableOfflineQueue }) }
  }

  get isReady(): boolean {
    return this.client.status === 'ready'
  }

  /** Answers when the connection is ready, or its first attempt has failed, or took too long. */
  async settle(): Promise<void> {
    if (this.isReady) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, redisLimits.connectMs)
    this.client.once('ready', resolve)
    this.client.once('close', resolve)
    await promise
    clearTimeout(timer)
    this.client.off('ready', resolve)
    this.client.off('close', resolve)
  }

  /** Runs one command, counted and timed under its name; what fails comes as a `RedisFailure`. */
  async call<T>(command: string, send: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await this.#waitForReply(send)
    } catch (error) {
      const failure = this.#toFailure(error)
      this.#metrics.redisErrors.inc({ command, error: failure.code })
      throw failure
    } finally {
      this.#metrics.redisCommands.inc({ command })
      this.#metrics.redisCommandDuration.observe({ command }, (performance.now() - startedAt) / 1_000)
    }
  }

  /** Gives the connection up for a new one, which goes to where the name leads by now; a cluster finds its own way. */
  renew(): void {
    if (this.client instanceof Redis) this.client.disconnect(true)
  }

  close(): Promise<void> {
    const { client } = this
    const isConnected = client.status === 'connecting' || client.status === 'connect' || client.status === 'ready'
    const { promise, resolve } = Promise.withResolvers<void>()
    if (isConnected) client.once('end', resolve)
    else resolve()
    client.disconnect()
    return promise
  }

  async #waitForReply<T>(send: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const onTimeout = () => reject(new RedisFailure('timeout', new Error(`no reply within ${redisLimits.callMs} ms`)))
    // When it was we who were held up, the reply is in the socket already: it is read before time is called.
    const timer = setTimeout(() => setImmediate(onTimeout), redisLimits.callMs)
    this.#gather()
    send(this.client).then(resolve, reject)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** What is sent while one round of events is handled goes out together: each write of its own costs more than its command. */
  #gather(): void {
    if (!(this.client instanceof Redis)) return
    const { stream } = this.client
    if (!stream || stream.writableCorked > 0) return
    stream.cork()
    setImmediate(() => stream.uncork())
  }

  /** Without a connection the client only says so; why there is none was told when it failed. */
  #toFailure(error: unknown): RedisFailure {
    if (error instanceof RedisFailure) return error
    const kind = classifyFailure(error)
    return new RedisFailure(kind === 'connection' ? (this.#fault ?? kind) : kind, error)
  }

  #noteFault(error: unknown): void {
    const fault = classifyFailure(error)
    if (fault === this.#fault) return
    this.#fault = fault
    this.#log.warn({ dependency: 'redis', error: fault, reason: String(error) }, 'the connection to redis failed')
  }
}
