import { createMailer, type Mailer } from '@secureconnect/mail'
import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import { deriveKey } from '@secureconnect/tokens'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher.ts'
import { createMailTokens, type MailTokens } from './recovery/mail-tokens.ts'
import { createFactorKeys, type FactorKeys } from './second-factor/factor-keys.ts'
import { createRefreshTokens, type RefreshTokens } from './sessions/refresh-token.ts'
import { createDeviceTokens, type DeviceTokens } from './throttle/device-tokens.ts'
import { createLoginThrottle, type LoginThrottle } from './throttle/login-throttle.ts'

/** Everything that auth-service works with. */
export type Context = DataServiceContext & {
  config: Config
  passwords: PasswordHasher
  throttle: LoginThrottle
  deviceTokens: DeviceTokens
  factorKeys: FactorKeys
  refreshTokens: RefreshTokens
  mailTokens: MailTokens
  mailer: Mailer
  events: Events
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('auth-service', config, platform))
  const { sql, log, metrics, audit } = shared
  const { passwordPepper: pepper, argon2MemoryKib: memoryKib, argon2Passes: passes, refreshKey, jwtSecret } = config
  const passwords = await createPasswordHasher({ pepper, memoryKib, passes, metrics })
  const mailer = stack.adopt(await createMailer({ config, metrics, log }), (owned) => owned.close())
  const events = createEvents({ log, metrics, audit })
  const owned = stack.move()
  return {
    ...shared,
    passwords,
    throttle: createLoginThrottle({ sql, key: deriveKey(jwtSecret, 'login throttle'), log, events }),
    deviceTokens: createDeviceTokens(deriveKey(jwtSecret, 'device token')),
    factorKeys: createFactorKeys(refreshKey),
    refreshTokens: createRefreshTokens(refreshKey),
    mailTokens: createMailTokens(refreshKey),
    mailer,
    events,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
