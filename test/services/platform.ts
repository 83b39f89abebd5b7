import { parseConfig } from '@secureconnect/config'
import { createLocalKv } from '@secureconnect/kv'
import { createServerPlatform, type Platform, serverSettings } from '@secureconnect/service'
import { openPglite } from '@secureconnect/sql'
import { createMigratedDatabase, createMigratedFolder } from '@secureconnect/sql/testing'
import { testScale } from '../helpers/config.ts'
import { type Cleanup, type Database, type RedisAddress, redisServer } from '../stack/index.ts'

export type Engine = 'pglite' | 'postgres'

/**
 * What those suites run on that are there for each: all at full size. Every day it is the server alone; on the embedded
 * database every operation is tried then by the tests of who may do what.
 */
export const engines: readonly Engine[] = testScale === 1 ? ['pglite', 'postgres'] : ['postgres']

/** Where a process of its own finds a Postgres and a Redis, the shared one unless a test has its own. */
export async function createServerEnv({ host, port, user, password, database }: Database, ownRedis?: RedisAddress) {
  const redis = ownRedis ?? (await redisServer())
  return {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USER: user,
    DB_NAME: database,
    DB_PASSWORD: password,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    REDIS_USERNAME: redis.username,
    REDIS_PASSWORD: redis.password,
  }
}

/** How services get at them. */
export async function onServers(database: Database, ownRedis?: RedisAddress): Promise<Platform> {
  return createServerPlatform(parseConfig(serverSettings, { env: await createServerEnv(database, ownRedis) }))
}

/** A fresh database: embedded with the store in this process, or on the servers. */
export async function createPlatform(t: Cleanup, engine: Engine): Promise<Platform> {
  if (engine === 'postgres') return onServers(await createMigratedDatabase(t))
  const kv = createLocalKv()
  const folder = await createMigratedFolder(t)
  t.after(() => kv.close())
  return {
    openSql: (observers) => openPglite({ folder, ...observers }),
    openKv: async () => ({ ...kv, close: async () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  }
}
