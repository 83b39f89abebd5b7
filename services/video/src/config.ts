import { blobSettings } from '@secureconnect/blobs'
import { type ConfigOf, integer, parseConfig, type Setting, SettingFault } from '@secureconnect/config'
import { isNodeName, lifetimes } from '@secureconnect/protocol'
import { dataServiceSettings, rateSettings, type ServerConfig, serverSettings } from '@secureconnect/service'
import { compositeSettings } from './composite/composite-settings.ts'
import { mediaSettings } from './media/media-settings.ts'
import { recordingSettings } from './recording/recording-settings.ts'
import { turnSettings } from './turn/turn-settings.ts'
import { type WebhookConfig, webhookSettings } from './webhooks/webhook-settings.ts'

const node: Setting<string> = {
  kind: 'plain',
  fallback: 'video-1',
  parse(raw) {
    if (!isNodeName(raw)) throw new SettingFault(`must be like video-1, not "${raw}"`)
    return raw
  },
}

const ownSettings = {
  ...dataServiceSettings('video-service'),
  ...turnSettings,
  ...mediaSettings,
  ...blobSettings,
  ...recordingSettings,
  ...compositeSettings,
  ...webhookSettings,
  wsMaxSignalingConnections: integer({ min: 1, max: 1_000_000, fallback: 2_000 }),
  /** How the gateway knows this node, to which the people of its rooms connect. */
  videoNode: node,
  maxCallParticipants: integer({ min: 2, max: 1_000, fallback: 100 }),
  /** How long a call rings. */
  callRingMs: integer({ min: 100, max: 300_000, fallback: 30_000 }),
  /** How long somebody waits to be let into a call. */
  callLobbyMs: integer({ min: 100, max: 86_400_000, fallback: lifetimes.lobbyMs }),
  /** How long a call that is over is kept, with who was in it. */
  callHistoryDays: integer({ min: 1, max: 3_650, fallback: 400 }),
  /** How often a second somebody may tell the others in a room something; three seconds' worth at once. */
  callDataPerSecond: integer({ min: 1, max: 1_000, fallback: 10 }),
  /** How often it is measured how well media go to and from everybody. */
  callQualityMs: integer({ min: 200, max: 60_000, fallback: 5_000 }),
  /** How long somebody whose connection is gone may take to come back. */
  callResumeMs: integer({ min: 100, max: 300_000, fallback: 30_000 }),
}

export const settings = Object.assign(ownSettings, rateSettings)

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}

/** What the `webhook` command needs, which runs beside a process or without one. */
export function loadWebhookConfig(secretsFolder: string): WebhookConfig {
  return parseConfig({ ...webhookSettings, env: ownSettings.env }, { env: process.env, secretsFolder })
}
