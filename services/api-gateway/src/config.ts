import { isIP } from 'node:net'
import {
  type ConfigOf,
  integer,
  list,
  optional,
  origin,
  parseConfig,
  type Setting,
  SettingFault,
  text,
  url,
} from '@secureconnect/config'
import { kvSettings } from '@secureconnect/kv'
import { services } from '@secureconnect/protocol'
import { rateSettings, serviceSettings } from '@secureconnect/service'
import { videoNode } from './forwarding/video-nodes.ts'

/** An address and not a name: for "localhost" Fastify opens further servers, which would lack what guards the first. */
function address(fallback: string): Setting<string> {
  return {
    kind: 'plain',
    fallback,
    parse(raw) {
      if (isIP(raw) === 0) throw new SettingFault(`must be an IP address such as 0.0.0.0, not "${raw}"`)
      return raw
    },
  }
}

function upstreamUrl(service: keyof typeof services): Setting<string> {
  return url(['http:'], `http://127.0.0.1:${services[service].port}`)
}

const ownSettings = {
  ...serviceSettings('api-gateway'),
  host: address('127.0.0.1'),
  /** Networks of balancers in front of the gateway; nobody else may say whom he speaks for. */
  trustedProxies: list(text(), []),
  corsAllowedOrigins: list(origin(), []),
  authUrl: upstreamUrl('auth-service'),
  chatUrl: upstreamUrl('chat-service'),
  videoUrl: upstreamUrl('video-service'),
  /** Where sockets to the rooms of calls go, by the VIDEO_NODE of each process; without any all go to VIDEO_URL. */
  videoNodes: list(videoNode, []),
  storageUrl: upstreamUrl('storage-service'),
  /** Gateways that share the rate limits while Redis is away. */
  gatewayReplicas: integer({ min: 1, max: 1_000, fallback: 1 }),
  /** Where the built web client is; without it the gateway serves the API alone. */
  webFolder: optional(text()),
  /** Where browsers put and get files. */
  filesUrl: optional(url(['http:', 'https:'])),
  /** Where it is set, pages may register at Firebase, which pushes to them while they are closed. */
  firebaseWebApiKey: optional(text()),
  wsMaxConnections: integer({ min: 1, max: 1_000_000, fallback: 20_000 }),
}

export const settings = Object.assign(ownSettings, rateSettings)

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where Redis is. */
export function loadConfig(): Config & ConfigOf<typeof kvSettings> {
  return parseConfig({ ...settings, ...kvSettings }, { env: process.env })
}
