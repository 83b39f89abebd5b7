import type { Context } from '../context.ts'
import { removeUnseenDevices } from '../stores/known-devices.ts'
import { removeOldAttempts } from '../stores/login-attempts.ts'
import { deviceLifeMs } from './device-tokens.ts'

const everyMs = 60_000

/** Removes, every minute, what the throttle has counted long ago, and devices that nobody has used for a year. */
export function forgetOldAttempts({ sql, log }: Pick<Context, 'sql' | 'log'>): AsyncDisposable {
  let forgetting: Promise<void> = Promise.resolve()
  const forget = async () => {
    try {
      await removeOldAttempts(sql.background)
      await removeUnseenDevices(sql.background, deviceLifeMs)
    } catch (error) {
      log.warn({ error, dependency: 'sql', outcome: 'failed' }, 'old login attempts could not be removed')
    }
  }
  const timer = setInterval(() => {
    forgetting = forget()
  }, everyMs).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await forgetting
    },
  }
}
