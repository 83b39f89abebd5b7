import type { Transaction } from '@secureconnect/sql'
import { revokeSessions } from '@secureconnect/tokens'
import type { Context } from '../context.ts'
import { endLiveSessions } from '../stores/sessions.ts'

type Ending = {
  userId: string
  /** The one session that ends, where it is not all of them. */
  only?: string
  /** The session that stays, because who uses it has just proved who he is. */
  except?: string
  reason: string
}

/**
 * Ends sessions of a person in the transaction of whatever makes them untrustworthy: their tokens and sockets are
 * worth nothing from its commit on. Returns how many ended.
 */
export async function endSessions(
  tx: Transaction,
  { kv, events }: Pick<Context, 'kv' | 'events'>,
  { userId, only, except, reason }: Ending,
): Promise<number> {
  const ended = await endLiveSessions(tx, { userId, only, except, reason })
  await revokeSessions(tx, ended, kv)
  tx.afterCommit(() => {
    for (const sessionId of ended) events.sessionRevoked({ userId, sessionId, reason })
  })
  return ended.length
}
