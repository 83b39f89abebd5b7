import type { DependencyLimits } from '@secureconnect/resilience'
import type { Tracing } from '@secureconnect/tracing'
import type { Cluster, Redis } from 'ioredis'
import type { Kv, Listener, SetOptions, SubscribeOptions, Subscription } from './kv.ts'
import { RedisConnection, type RedisConnectionOptions, redisLimits } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import { RedisSubscriber } from './redis-subscriber.ts'
import type { KvScript, ScriptInput } from './script.ts'
import { addToSetScript, incrementScript } from './standard-scripts.ts'

export type RedisKvOptions = RedisConnectionOptions & { tracing?: Pick<Tracing, 'inSpan'> }

const probeTtlMs = 10_000

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}

async function evaluate(
  client: Redis | Cluster,
  script: KvScript<unknown>,
  { keys, args }: ScriptInput,
): Promise<unknown> {
  try {
    return await client.evalsha(script.sha1, keys.length, ...keys, ...args)
  } catch (error) {
    if (!isMissingScript(error)) throw error
    return client.eval(script.lua, keys.length, ...keys, ...args)
  }
}

/** The Kv that processes share. It fails when Redis does: `createKv` puts a stand-in beside it. */
export class RedisKv implements Kv {
  /** Connects, and does not insist: without a server it starts all the same and keeps trying. */
  static async create(options: RedisKvOptions): Promise<RedisKv> {
    const kv = new RedisKv(options)
    await Promise.all([kv.#commands.settle(), kv.#listening.settle()])
    return kv
  }

  readonly #commands: RedisConnection
  readonly #listening: RedisConnection
  readonly #subscriber: RedisSubscriber
  readonly #tracing: RedisKvOptions['tracing']
  readonly #probeKey = `probe:${crypto.randomUUID()}`

  private constructor(options: RedisKvOptions) {
    this.#tracing = options.tracing
    this.#commands = new RedisConnection(options)
    this.#listening = new RedisConnection(options)
    this.#subscriber = new RedisSubscriber(this.#listening, options.log)
  }

  get isDegraded(): boolean {
    return !this.#commands.isReady
  }

  /** What the client really applies, as told at start. */
  get effectiveLimits(): DependencyLimits {
    const { connectTimeout, enableOfflineQueue, maxRetriesPerRequest } = this.#commands.options
    return {
      dependency: 'redis',
      connectTimeoutMs: connectTimeout ?? Number.POSITIVE_INFINITY,
      callTimeoutMs: redisLimits.callMs,
      inFlight: `1 connection + 1 subscriber, ${enableOfflineQueue ? 'with' : 'no'} offline queue`,
      retries: String(maxRetriesPerRequest),
    }
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#call('get', (client) => client.get(key))) ?? undefined
  }

  async set(key: string, value: string, { ttlMs, onlyIfAbsent = false }: SetOptions): Promise<boolean> {
    const lifeMs = Math.ceil(ttlMs)
    const reply = await this.#call('set', (client) =>
      onlyIfAbsent ? client.set(key, value, 'PX', lifeMs, 'NX') : client.set(key, value, 'PX', lifeMs),
    )
    return reply === 'OK'
  }

  async delete(...keys: string[]): Promise<void> {
    // One by one, because the nodes of a cluster each take only what is theirs.
    await Promise.all(keys.map((key) => this.#call('del', (client) => client.del(key))))
  }

  increment(key: string, { by = 1, ttlMs }: { by?: number; ttlMs: number }): Promise<number> {
    return this.run(incrementScript, { keys: [key], args: [by, Math.ceil(ttlMs)] })
  }

  async addToSet(key: string, members: readonly string[], { ttlMs }: { ttlMs: number }): Promise<void> {
    if (members.length === 0) return
    await this.run(addToSetScript, { keys: [key], args: [Math.ceil(ttlMs), ...members] })
  }

  async removeFromSet(key: string, members: readonly string[]): Promise<void> {
    if (members.length > 0) await this.#call('srem', (client) => client.srem(key, ...members))
  }

  listSet(key: string): Promise<string[]> {
    return this.#call('smembers', (client) => client.smembers(key))
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.#call('spublish', (client) => client.spublish(channel, message))
  }

  subscribe(channel: string, listener: Listener, options: SubscribeOptions = {}): Promise<Subscription> {
    return this.#subscriber.subscribe(channel, listener, options)
  }

  async run<T>(script: KvScript<T>, input: ScriptInput): Promise<T> {
    return script.checkReply(await this.#call(script.name, (client) => evaluate(client, script, input)))
  }

  /** A write and a read: a server that only answers may still be read-only or full. */
  async ping(): Promise<void> {
    const value = String(performance.now())
    const writeAndRead = async (client: Redis | Cluster) => {
      const [, stored] = await Promise.all([
        client.set(this.#probeKey, value, 'PX', probeTtlMs),
        client.get(this.#probeKey),
      ])
      if (stored !== value) throw new Error('Redis answered something else than was written')
    }
    try {
      await Promise.all([this.#call('probe', writeAndRead), this.#subscriber.check()])
    } catch (error) {
      // A primary that became a replica keeps its connections, also those that only listen.
      if (error instanceof RedisFailure && error.code === 'readonly')
        for (const connection of [this.#commands, this.#listening]) connection.renew()
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#commands.close(), this.#listening.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #call<T>(command: string, send: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    if (!this.#tracing) return this.#commands.call(command, send)
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': command }
    return this.#tracing.inSpan(`redis ${command}`, attributes, () => this.#commands.call(command, send))
  }
}
