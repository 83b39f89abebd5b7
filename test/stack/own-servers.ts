import type { Address } from './address.ts'
import type { Certificate } from './certificate.ts'
import type { Cleanup } from './cleanup.ts'
import type { Database } from './databases.ts'
import { localStack } from './local-stack.ts'
import { type RedisAddress, toRedisAddress } from './redis-address.ts'
import { type Recipe, Server } from './server.ts'
import { cassandra, dataCenter } from './servers/cassandra.ts'
import { createCoturn } from './servers/coturn.ts'
import { objectStore } from './servers/object-store.ts'
import { crashSafePostgres } from './servers/postgres.ts'
import { redis } from './servers/redis.ts'
import { type StoreAddress, toStoreAddress } from './store-address.ts'
import { type TurnAddress, toTurnAddress } from './turn-address.ts'

/** What a test may do to a server of its own; every act is over when it returns. */
export type Control = Pick<Server, 'pid' | 'kill' | 'freeze' | 'thaw' | 'restart'>

/** Where a server keeps its files, if it matters. */
type On = { disk?: string | undefined }

/** Starts a server that ends with the test. */
export async function startFor(t: Cleanup, recipe: Recipe, on?: On): Promise<Server> {
  const { guard } = await localStack()
  const server = await Server.start(guard, recipe, on)
  t.after(() => server.close())
  return server
}

export function controlOf(server: Server): Control {
  return {
    get pid() {
      return server.pid
    },
    kill: () => server.kill(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    restart: () => server.restart(),
  }
}

/** A Redis of this test's own, to kill and freeze; started again it is empty, as after losing its memory. */
export async function ownRedisServer(t: Cleanup): Promise<RedisAddress & Control> {
  const server = await startFor(t, redis)
  return Object.assign(controlOf(server), toRedisAddress(server.address))
}

/** A Postgres of this test's own, to kill and freeze; started again it has every committed row. */
export async function ownPostgresServer(t: Cleanup, on?: On): Promise<Database & Control> {
  const server = await startFor(t, crashSafePostgres, on)
  return Object.assign(controlOf(server), server.address, { database: 'postgres' })
}

/** An S3 store of this test's own, to kill and freeze; started again it has everything that was put. */
export async function ownObjectStore(t: Cleanup, on?: On): Promise<StoreAddress & Control> {
  const server = await startFor(t, objectStore, on)
  return Object.assign(controlOf(server), toStoreAddress(server.address))
}

/** A Cassandra of this test's own, new, with the superuser that everybody knows. */
export async function ownCassandraServer(t: Cleanup): Promise<Address & { dataCenter: string }> {
  const { address } = await startFor(t, cassandra)
  return { ...address, dataCenter }
}

/** A TURN server of this test's own, to kill and freeze, with TLS on the same port if it has a certificate. */
export async function ownCoturnServer(t: Cleanup, certificate?: Certificate): Promise<TurnAddress & Control> {
  const server = await startFor(t, createCoturn(certificate))
  return Object.assign(controlOf(server), toTurnAddress(server.address))
}
