import { type ConfigOf, integer, parseConfig } from '@secureconnect/config'
import { dataServiceSettings, type ServerConfig, serverSettings } from '@secureconnect/service'
import { turnSettings } from './turn/turn-settings.ts'

export const settings = {
  ...dataServiceSettings('video-service'),
  ...turnSettings,
  wsMaxSignalingConnections: integer({ min: 1, max: 1_000_000, fallback: 2_000 }),
}

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}
