import {
  type ConfigOf,
  integer,
  list,
  optional,
  optionalSecret,
  parseConfig,
  port,
  requiredInProduction,
  secret,
  text,
} from '@secureconnect/config'
import { pushSettings, webPushSettings } from '@secureconnect/push'
import { dataServiceSettings, rateSettings, type ServerConfig, serverSettings } from '@secureconnect/service'

/** Where older messages are; without hosts they are in the database, beside the log. */
export const cassandraSettings = {
  cassandraHosts: requiredInProduction(list(text(), [])),
  cassandraPort: port(9042),
  cassandraDataCenter: text('datacenter1'),
  cassandraKeyspace: text('secureconnect'),
  /** How many nodes hold each message. */
  cassandraReplicationFactor: integer({ min: 1, max: 9, fallback: 1 }),
  cassandraUser: optionalSecret(1),
  cassandraPassword: optionalSecret(),
  /** File with the authority that signed the servers' certificates; without one the connections are in the clear. */
  cassandraTlsCa: requiredInProduction(optional(text())),
}
export type CassandraConfig = ConfigOf<typeof cassandraSettings>

const ownSettings = {
  ...dataServiceSettings('chat-service'),
  wsMaxChatConnections: integer({ min: 1, max: 1_000_000, fallback: 10_000 }),
  ...cassandraSettings,
  ...pushSettings,
  ...webPushSettings,
}

export const settings = Object.assign(ownSettings, rateSettings)

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}

/** What is needed to take over a new Cassandra, for which a login of our own is not optional. */
export function loadArchiveConfig(): CassandraConfig {
  const ownLogin = { cassandraUser: secret(1), cassandraPassword: secret() }
  return parseConfig({ ...cassandraSettings, ...ownLogin }, { env: process.env })
}
