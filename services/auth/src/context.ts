import { createMailer, type Mailer } from '@secureconnect/mail'
import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher.ts'
import { createRefreshTokens, type RefreshTokens } from './sessions/refresh-token.ts'

/** Everything that auth-service works with. */
export type Context = DataServiceContext & {
  config: Config
  passwords: PasswordHasher
  refreshTokens: RefreshTokens
  mailer: Mailer
  events: Events
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('auth-service', config, platform))
  const { log, metrics, audit } = shared
  const { passwordPepper: pepper, argon2MemoryKib: memoryKib, argon2Passes: passes, refreshKey } = config
  const passwords = await createPasswordHasher({ pepper, memoryKib, passes, metrics })
  const mailer = stack.adopt(createMailer({ config, metrics, log }), (owned) => owned.close())
  const owned = stack.move()
  return {
    ...shared,
    passwords,
    refreshTokens: createRefreshTokens(refreshKey),
    mailer,
    events: createEvents({ log, metrics, audit }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
