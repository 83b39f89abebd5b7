import type { Role } from '@secureconnect/protocol'
import type { AccessClaims } from './access-token.ts'
import type { Revocations } from './revocations.ts'

/** Who is asking, as the verified access token says. */
export type Caller = {
  userId: string
  sessionId: string
  username: string
  role: Role
  /** When the access token ends. */
  expiresAt: Date
}

/**
 * Judges an access token: the caller it stands for, or 401; 503 while it cannot be judged. Only who wants to end his
 * session is also heard when it has ended already.
 */
export type Authenticate = (token: string, options?: { mayHaveEnded?: boolean }) => Promise<Caller>

/** A token counts when its signature and times are right and its session has not ended. */
export function createAuthenticate(
  check: (token: string) => Promise<AccessClaims>,
  revocations: Pick<Revocations, 'assertLive'>,
): Authenticate {
  return async (token, { mayHaveEnded = false } = {}) => {
    const claims = await check(token)
    if (!mayHaveEnded) await revocations.assertLive(claims.sid)
    return {
      userId: claims.user_id,
      sessionId: claims.sid,
      username: claims.username,
      role: claims.role,
      expiresAt: new Date(claims.exp * 1_000),
    }
  }
}
