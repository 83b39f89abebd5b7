import { lifetimes, type SignedIn, type Tokens } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { revokeSessions } from '@secureconnect/tokens'
import type { Context } from '../context.ts'
import { endSurplusSessions, insertSession, type SessionRow } from '../stores/sessions.ts'
import { holdUser, toUser, type UserRow } from '../stores/users.ts'
import { assertMaySignIn } from './assert-may-sign-in.ts'
import { signAccessToken } from './sign-access-token.ts'

type TokenContext = Pick<Context, 'config' | 'refreshTokens'>

/** The pair of tokens for a session's present generation. */
export function createTokens({ config, refreshTokens }: TokenContext, user: UserRow, session: SessionRow): Tokens {
  const { user_id: userId, username, role } = user
  const { session_id: sessionId, generation, salt } = session
  return {
    access_token: signAccessToken(config.jwtSigningKeys, { userId, username, role, sessionId }),
    refresh_token: refreshTokens.create({ sessionId, generation, salt }),
    token_type: 'Bearer',
    expires_in: lifetimes.accessTokenMs / 1_000,
  }
}

type NewSession = { user: UserRow; deviceName: string | undefined; network: string }

/**
 * Begins a session, ends the oldest ones beyond the limit, and returns what its client needs. The account is held until
 * the commit: a ban that comes meanwhile waits, and then ends this session with the others.
 */
export async function openSession(
  tx: Transaction,
  context: TokenContext & Pick<Context, 'kv'>,
  { user, deviceName, network }: NewSession,
): Promise<SignedIn> {
  assertMaySignIn(context, await holdUser(tx, user.user_id))
  const session = await insertSession(tx, { userId: user.user_id, deviceName, network, now: new Date() })
  await revokeSessions(tx, await endSurplusSessions(tx, user.user_id), context.kv)
  return { user: toUser(user, 'online'), session_id: session.session_id, ...createTokens(context, user, session) }
}
