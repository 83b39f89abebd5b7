import type { Tokens } from '@secureconnect/protocol'
import { createClientId } from './chat/send-queue.ts'
import { isFinal } from './errors.ts'
import type { Rest } from './rest.ts'
import type { Storage } from './storage.ts'

export const attemptKey = 'refresh-attempt'

/** Exchanges a refresh token, or the browser's cookie, for the next tokens. */
export type Exchange = (refreshToken: string | undefined) => Promise<Tokens>

/**
 * Asks under a key that is kept until the answer is there, also beyond the page or process: the service gives the same
 * answer again to whoever has the key, however long it was lost, and takes everybody else for a thief.
 */
export function createExchange({ storage, rest }: { storage: Storage; rest: Pick<Rest, 'accounts'> }): Exchange {
  return async (refresh_token) => {
    const kept = (await storage.list(attemptKey)).get(attemptKey)
    const idempotencyKey = kept ?? createClientId()
    if (kept === undefined) await storage.write(attemptKey, idempotencyKey)
    const asked = rest.accounts.refresh(refresh_token === undefined ? {} : { refresh_token }, { idempotencyKey })
    const isAnswered = await asked.then(() => true, isFinal)
    if (isAnswered) await storage.remove(attemptKey)
    return await asked
  }
}
