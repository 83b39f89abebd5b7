import { tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { removeTokensOfSession } from '../stores/push-tokens.ts'

/** Forgets a device as soon as its session ends; it gets no push from that moment on, even where this is missed. */
export function endTokens({ sql, revocations, log }: Pick<Context, 'sql' | 'revocations' | 'log'>): AsyncDisposable {
  const removing = new Set<Promise<void>>()
  revocations.onRevoked((sessionId) => {
    const removal = removeTokensOfSession(sql.background, sessionId)
      .catch((error) => tellFailure({ name: 'push tokens', log }, error))
      .finally(() => removing.delete(removal))
    removing.add(removal)
  })
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(removing)
    },
  }
}
