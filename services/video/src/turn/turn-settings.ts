import { type ConfigOf, integer, list, optional, optionalSecret, secretStrength, text } from '@secureconnect/config'
import { stunUrl, turnUrl } from './turn-url.ts'

/** How relays are reached and used. Without any, calls go on directly and clients are told that there is none. */
export const turnSettings = {
  /** Each way to a relay by a URL of its own, the best first. */
  turnUrls: list(turnUrl, []),
  stunUrls: list(stunUrl, []),
  /** A file with the authority that signed the relay's certificate, where the system does not know it. */
  turnTlsCa: optional(text()),
  /** Shared with coturn: signs credentials that end by themselves. */
  turnSecret: optionalSecret(secretStrength.key),
  /** One login for everybody, for a relay that knows no such credentials. */
  turnUser: optionalSecret(1),
  turnPassword: optionalSecret(),
  turnCredentialSeconds: integer({ min: 10, max: 600, fallback: 600 }),
}

export type TurnConfig = ConfigOf<typeof turnSettings>
