import { Agent } from 'undici'
import { createAccessTokens } from './access-tokens.ts'
import { parseServiceAccount } from './service-account.ts'

const timeoutMs = 5_000

/** Asks Google for a token with these credentials, and pushes nothing; throws why none would be pushed. */
export async function tryFirebase(credentials: string): Promise<void> {
  const account = parseServiceAccount(credentials)
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } })
  try {
    await createAccessTokens({ account, dispatcher }).get(AbortSignal.timeout(timeoutMs))
  } finally {
    await dispatcher.destroy()
  }
}
