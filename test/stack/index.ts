import type { Address } from './address.ts'
import type { Cleanup } from './cleanup.ts'
import { createDatabaseOn, type Database } from './databases.ts'
import { findShared } from './local-stack.ts'
import { type RedisAddress, toRedisAddress } from './redis-address.ts'

export { type Control, ownPostgresServer, ownRedisServer } from './own-servers.ts'
export type { Address, Cleanup, Database, RedisAddress }

/** The Postgres that all suites share, as its superuser. */
export function postgresServer(): Promise<Address> {
  return findShared('postgres')
}

/** A fresh database on the shared Postgres, a copy of the template if one is named, dropped after the test. */
export async function createDatabase(t: Cleanup, { template }: { template?: string } = {}): Promise<Database> {
  return createDatabaseOn(await postgresServer(), t, template)
}

/** The Redis that all suites share: a suite uses keys and channels of its own. */
export async function redisServer(): Promise<RedisAddress> {
  return toRedisAddress(await findShared('redis'))
}
