import { savePublicKeys } from '@secureconnect/directory'
import type { Context } from '../context.ts'

const everyMs = 30_000

/** Writes the public halves of our keys where the other services read them, now and again and again. */
export function publishKeys({ sql, config, log }: Pick<Context, 'sql' | 'config' | 'log'>): AsyncDisposable {
  let publishing: Promise<void> = Promise.resolve()
  const publish = async () => {
    try {
      await savePublicKeys(sql.background, config.jwtSigningKeys.published)
    } catch (error) {
      log.warn({ error, dependency: 'sql', outcome: 'failed' }, 'the public keys could not be published')
    }
  }
  const tick = () => {
    publishing = publish()
  }
  const timer = setInterval(tick, everyMs).unref()
  tick()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await publishing
    },
  }
}
