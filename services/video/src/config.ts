import { type ConfigOf, integer, parseConfig, requiredInProduction, text } from '@secureconnect/config'
import { dataServiceSettings, type ServerConfig, serverSettings } from '@secureconnect/service'
import { turnSettings } from './turn/turn-settings.ts'

export const settings = {
  ...dataServiceSettings('video-service'),
  ...turnSettings,
  /** Where clients, and relays on their behalf, find the media: an address that all of them can reach. */
  mediaAnnouncedAddress: requiredInProduction(text('127.0.0.1')),
  wsMaxSignalingConnections: integer({ min: 1, max: 1_000_000, fallback: 2_000 }),
  /** How the gateway knows this node, to which the people of its rooms connect. */
  videoNode: text('video-1'),
  maxCallParticipants: integer({ min: 2, max: 1_000, fallback: 100 }),
  /** How long a call rings. */
  callRingMs: integer({ min: 100, max: 300_000, fallback: 30_000 }),
  /** How long somebody whose connection is gone may take to come back. */
  callResumeMs: integer({ min: 100, max: 300_000, fallback: 30_000 }),
}

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}
