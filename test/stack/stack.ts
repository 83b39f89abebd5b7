import { type Address, parseAddress } from './address.ts'
import { givenUrl } from './config.ts'
import { Guard } from './guard.ts'
import { type Recipe, Server } from './server.ts'
import { cassandra } from './servers/cassandra.ts'
import { coturn } from './servers/coturn.ts'
import { objectStore } from './servers/object-store.ts'
import { postgres } from './servers/postgres.ts'
import { redis } from './servers/redis.ts'

type Shared = { recipe: Recipe; variable: string }

const shared = {
  postgres: { recipe: postgres, variable: 'TEST_POSTGRES_URL' },
  redis: { recipe: redis, variable: 'TEST_REDIS_URL' },
  cassandra: { recipe: cassandra, variable: 'TEST_CASSANDRA_URL' },
  objectStore: { recipe: objectStore, variable: 'TEST_S3_URL' },
  coturn: { recipe: coturn, variable: 'TEST_TURN_URL' },
} satisfies Record<string, Shared>

export type SharedServer = keyof typeof shared

export function isSharedServer(name: string): name is SharedServer {
  return Object.hasOwn(shared, name)
}

/** The servers that a test run shares, each started when first asked for. */
export class Stack {
  static async create(): Promise<Stack> {
    return new Stack(await Guard.create())
  }

  /** How long each server took that was started here. */
  readonly startedInMs = new Map<SharedServer, number>()
  readonly guard: Guard
  readonly #addresses = new Map<SharedServer, Promise<Address>>()

  private constructor(guard: Guard) {
    this.guard = guard
  }

  /** Where a server listens; it is started by the first who asks. */
  find(name: SharedServer): Promise<Address> {
    const known = this.#addresses.get(name) ?? this.#locate(name)
    this.#addresses.set(name, known)
    return known
  }

  /** Ends every server and removes its files. */
  async close(): Promise<void> {
    await this.guard.close()
  }

  async #locate(name: SharedServer): Promise<Address> {
    const { recipe, variable } = shared[name]
    const given = givenUrl(variable)
    if (given) return parseAddress(variable, given)
    const startedAt = Date.now()
    const { address } = await Server.start(this.guard, recipe)
    this.startedInMs.set(name, Date.now() - startedAt)
    return address
  }
}
