import { isIP } from 'node:net'
import {
  type ConfigOf,
  integer,
  list,
  origin,
  parseConfig,
  type Setting,
  SettingFault,
  text,
  url,
} from '@secureconnect/config'
import { kvSettings } from '@secureconnect/kv'
import { type Rate, type RateClass, rateClasses, services } from '@secureconnect/protocol'
import { serviceSettings } from '@secureconnect/service'

type RateSettings = { readonly [name in `ratelimit${string}`]: Setting<Rate> }

/** `calls.initiate` is RATELIMIT_CALLS_INITIATE. */
function rateKey(name: string): `ratelimit${string}` {
  const words = name.split(/[.-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `ratelimit${words.join('')}`
}

/** "60" is 60 a minute with a burst of as many, "60/20" allows 20 of them at once. */
function rate(fallback: Rate): Setting<Rate> {
  return {
    kind: 'plain',
    fallback,
    parse(raw) {
      const [, perMinute, burst = perMinute] = /^([1-9]\d{0,5})(?:\/([1-9]\d{0,5}))?$/.exec(raw) ?? []
      if (perMinute === undefined) {
        throw new SettingFault(`must be requests a minute, such as 60, or with a burst, such as 60/20, not "${raw}"`)
      }
      return { perMinute: Number(perMinute), burst: Number(burst) }
    },
  }
}

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

const rateSettings: RateSettings = Object.fromEntries(
  Object.entries(rateClasses).map(([name, fallback]) => [rateKey(name), rate(fallback)]),
)

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
  storageUrl: upstreamUrl('storage-service'),
  /** Gateways that share the rate limits while Redis is away. */
  gatewayReplicas: integer({ min: 1, max: 1_000, fallback: 1 }),
  wsMaxConnections: integer({ min: 1, max: 1_000_000, fallback: 20_000 }),
}

export const settings = Object.assign(ownSettings, rateSettings)

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where Redis is. */
export function loadConfig(): Config & ConfigOf<typeof kvSettings> {
  return parseConfig({ ...settings, ...kvSettings }, { env: process.env })
}

/** The rate of each class, as configured. */
export function ratesOf(config: Config): Readonly<Record<RateClass, Rate>> {
  const rates = Object.entries(rateClasses).map(([name, usual]) => [name, config[rateKey(name)] ?? usual])
  return Object.fromEntries(rates)
}
