import { type ConfigOf, parseConfig } from '@secureconnect/config'
import { dataServiceSettings, type ServerConfig, serverSettings } from '@secureconnect/service'

export const settings = {
  ...dataServiceSettings('storage-service'),
}

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}
