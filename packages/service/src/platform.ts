import type { ConfigOf } from '@secureconnect/config'
import { connectKv, type Kv, kvSettings } from '@secureconnect/kv'
import type { LoggerOptions } from '@secureconnect/logging'
import type { Probe } from '@secureconnect/resilience'
import { connectPostgres, type Sql, sqlSettings } from '@secureconnect/sql'
import type { BaseContext } from './base-context.ts'

export type Observers = Pick<BaseContext, 'log' | 'metrics' | 'tracing'>

/** What a service runs on: servers in production, the process itself in the embedded mode. */
export type Platform = {
  /** Where log lines go; standard output unless the process has a better place. */
  logStream?: LoggerOptions['stream']
  /** Shows a line to whoever started the process, where somebody watches it: what takes minutes, and how far it is. */
  tell?: (line: string) => void
  openSql: (observers: Observers) => Promise<Sql>
  /** With a probe where there is a server to look after; the embedded store has none and misses nothing. */
  openKv: (observers: Observers) => Promise<Kv & { probe?: Probe }>
}

/** Where the servers are that all services share. */
export const serverSettings = { ...sqlSettings, ...kvSettings }
export type ServerConfig = ConfigOf<typeof serverSettings>

/** Runs services on the servers that the configuration names. */
export function createServerPlatform(config: ServerConfig): Platform {
  return {
    openSql: (observers) => connectPostgres({ ...config, ...observers }),
    openKv: (observers) => connectKv({ ...config, ...observers }),
  }
}
