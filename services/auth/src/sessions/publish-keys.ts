import { savePublicKeys } from '@secureconnect/directory'
import type { Context } from '../context.ts'

const everyMs = 30_000
const retryMs = 1_000

/** Writes the public halves of our keys where the other services read them: before any token goes out, and again and again. */
export async function publishKeys({
  sql,
  config,
  log,
}: Pick<Context, 'sql' | 'config' | 'log'>): Promise<AsyncDisposable> {
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let publishing = publish()

  async function publish(): Promise<void> {
    let waitMs = everyMs
    try {
      await savePublicKeys(sql.background, config.jwtSigningKeys.published)
    } catch (error) {
      log.warn({ error, dependency: 'sql', outcome: 'failed' }, 'the public keys could not be published')
      waitMs = retryMs
    }
    if (isClosed) return
    timer = setTimeout(() => {
      publishing = publish()
    }, waitMs).unref()
  }

  await publishing
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(timer)
      await publishing
    },
  }
}
