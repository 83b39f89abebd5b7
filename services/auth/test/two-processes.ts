import { parseConfig } from '@secureconnect/config'
import { createLocalKv } from '@secureconnect/kv'
import { createServerPlatform, type Platform, serverSettings } from '@secureconnect/service'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import type { RedisAddress } from '@secureconnect/test/stack'
import { type Auth, createSecrets, startAuthOn } from './test-auth.ts'

type Cleanup = Parameters<typeof startAuthOn>[0]

type Servers = { redis: RedisAddress | undefined }

/** What the processes of one installation run on: one Postgres, and Redis unless they have to do without. */
export async function createSharedPlatform(t: Cleanup, { redis }: Servers): Promise<() => Platform> {
  const { host, port, user, password, database } = await createMigratedDatabase(t)
  const env = {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USER: user,
    DB_NAME: database,
    DB_PASSWORD: password,
    ...(redis && {
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      REDIS_USERNAME: redis.username,
      REDIS_PASSWORD: redis.password,
    }),
  }
  const platform = createServerPlatform(parseConfig(serverSettings, { env }))
  return () => (redis ? platform : { ...platform, openKv: async () => createLocalKv() })
}

/** Two processes of one installation, as far as one can tell from outside: they share nothing but servers and secrets. */
export async function startTwo(t: Cleanup, servers: Servers): Promise<[Auth, Auth]> {
  const openPlatform = await createSharedPlatform(t, servers)
  const secrets = createSecrets()
  const first = await startAuthOn(t, openPlatform(), secrets)
  return [first, await startAuthOn(t, openPlatform(), secrets)]
}
