import type { ConfigOf } from '@secureconnect/config'
import { connectKv, type Kv, kvSettings } from '@secureconnect/kv'
import type { LoggerOptions } from '@secureconnect/logging'
import { connectPostgres, type Sql, sqlSettings } from '@secureconnect/sql'
import type { BaseContext } from './base-context.ts'

export type Observers = Pick<BaseContext, 'log' | 'metrics' | 'tracing'>

/** What a service runs on: servers in production, the process itself in the embedded mode. */
export type Platform = {
  /** Where log lines go; standard output unless the process has a better place. */
  logStream?: LoggerOptions['stream']
  /** Whether there is a Redis to look after; the embedded mode has none and misses nothing. */
  hasRedis: boolean
  openSql: (observers: Observers) => Promise<Sql>
  openKv: (observers: Observers) => Promise<Kv>
}

/** Where the servers are that all services share. */
export const serverSettings = { ...sqlSettings, ...kvSettings }
export type ServerConfig = ConfigOf<typeof serverSettings>

/** Runs services on the servers that the configuration names. */
export function createServerPlatform(config: ServerConfig): Platform {
  return {
    hasRedis: true,
    openSql: (observers) => connectPostgres({ ...config, ...observers }),
    openKv: (observers) => connectKv({ ...config, ...observers }),
  }
}
