import { readFile } from 'node:fs/promises'
import type { ConfigOf } from '@secureconnect/config'
import { describeLimits } from '@secureconnect/resilience'
import { createKv, type KvOptions, type SwitchedKv } from './create-kv.ts'
import type { kvSettings } from './kv-settings.ts'
import { createLocalKv } from './local-kv.ts'
import { RedisKv, type RedisKvOptions } from './redis-kv.ts'

/** The settings of `kvSettings`, as a service's configuration holds them, and who is told what happens. */
export type ConnectKvOptions = ConfigOf<typeof kvSettings> &
  Omit<RedisKvOptions, 'server'> &
  Pick<KvOptions, 'metrics' | 'log'>

/** Connects to Redis with a stand-in beside it; whether the server is there only decides which of them answers. */
export async function connectKv(options: ConnectKvOptions): Promise<SwitchedKv> {
  const {
    redisHost: host,
    redisPort: port,
    redisCluster: isCluster,
    redisUsername: username,
    redisPassword: password,
    log,
  } = options
  const ca = options.redisTlsCa === undefined ? undefined : await readFile(options.redisTlsCa, 'utf8')
  const redis = await RedisKv.create({ ...options, server: { host, port, isCluster, username, password, ca } })
  log.info({ limits: describeLimits([redis.effectiveLimits]) }, 'redis configured')
  const kv = createKv({ ...options, redis, local: createLocalKv({ log }) })
  await kv.probe.checkNow()
  return kv
}
