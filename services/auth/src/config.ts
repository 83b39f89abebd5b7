import {
  type ConfigOf,
  choice,
  integer,
  list,
  origin,
  parseConfig,
  secret,
  secretDocument,
  secretStrength,
} from '@secureconnect/config'
import { mailSettings } from '@secureconnect/mail'
import { dataServiceSettings, type ServerConfig, serverSettings } from '@secureconnect/service'
import { argon2Floor } from './passwords/password-hasher.ts'
import { parseSigningKeys } from './sessions/signing-keys.ts'

export const settings = {
  ...dataServiceSettings('auth-service'),
  ...mailSettings,
  /** Whether an address must be confirmed: not at all, with a reminder in the product, or before the first login. */
  emailVerification: choice(['off', 'notify', 'required'], 'notify'),
  /** Pages beside our own that may get the refresh cookie, and tickets for sockets; the gateway's list. */
  corsAllowedOrigins: list(origin(), []),
  jwtSigningKeys: secretDocument(parseSigningKeys),
  refreshKey: secret(secretStrength.key),
  passwordPepper: secret(secretStrength.key),
  argon2MemoryKib: integer({ min: argon2Floor.memoryKib, max: 1_048_576, fallback: argon2Floor.memoryKib }),
  argon2Passes: integer({ min: argon2Floor.passes, max: 10, fallback: argon2Floor.passes }),
}

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}
