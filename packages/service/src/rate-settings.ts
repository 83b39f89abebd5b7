import { type ConfigOf, type Setting, SettingFault } from '@secureconnect/config'
import { type Rate, type RateClass, rateClasses } from '@secureconnect/protocol'

export type RateSettings = { readonly [name in `ratelimit${string}`]: Setting<Rate> }

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

/** How fast each class of request may come: of the gateway, and of services whose sockets draw on the same limits. */
export const rateSettings: RateSettings = Object.fromEntries(
  Object.entries(rateClasses).map(([name, fallback]) => [rateKey(name), rate(fallback)]),
)

/** The rate of each class, as configured. */
export function ratesOf(config: ConfigOf<RateSettings>): Readonly<Record<RateClass, Rate>> {
  const rates = Object.entries(rateClasses).map(([name, usual]) => [name, config[rateKey(name)] ?? usual])
  return Object.fromEntries(rates)
}
