import type { Transaction } from '@secureconnect/sql'
import { revokeSessions } from '@secureconnect/tokens'
import type { Context } from '../context.ts'
import { endLiveSessions } from '../stores/sessions.ts'

type Ending = {
  userId: string
  /** The session that stays, where somebody weakens the others only. */
  except?: string
  reason: string
}

/**
 * Ends all sessions of a person in the transaction of whatever makes them untrustworthy: their tokens and sockets are
 * worth nothing from its commit on. Returns how many ended.
 */
export async function endSessions(
  tx: Transaction,
  { kv, events }: Pick<Context, 'kv' | 'events'>,
  { userId, except, reason }: Ending,
): Promise<number> {
  const ended = await endLiveSessions(tx, { userId, except, reason })
  await revokeSessions(tx, ended, kv)
  tx.afterCommit(() => {
    for (const sessionId of ended) events.sessionRevoked({ userId, sessionId, reason })
  })
  return ended.length
}
