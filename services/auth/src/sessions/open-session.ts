import { lifetimes, type SignedIn, type Tokens } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { revokeSessions } from '@secureconnect/tokens'
import type { Context } from '../context.ts'
import { invalidCredentials } from '../errors.ts'
import { endSurplusSessions, insertSession, type SessionRow } from '../stores/sessions.ts'
import { holdUser, toUser, type UserRow } from '../stores/users.ts'
import { rememberDevice } from '../throttle/known-device.ts'
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

type NewSession = { user: UserRow; deviceId?: string | undefined; deviceName: string | undefined; network: string }

/**
 * Begins a session, ends the oldest ones beyond the limit, and returns what its client needs. The account is held until
 * the commit: a ban or another password that comes meanwhile waits, and then ends this session with the others;
 * one that came since the password was judged refuses it.
 */
export async function openSession(
  tx: Transaction,
  context: TokenContext & Pick<Context, 'kv' | 'deviceTokens'>,
  { user, deviceId, deviceName, network }: NewSession,
): Promise<SignedIn> {
  const held = await holdUser(tx, user.user_id)
  if (held?.password_hash !== user.password_hash) throw invalidCredentials()
  assertMaySignIn(context, held)
  const session = await insertSession(tx, { userId: user.user_id, deviceName, network, now: new Date() })
  await revokeSessions(tx, await endSurplusSessions(tx, user.user_id), context.kv)
  const device_token = await rememberDevice(tx, context, { userId: user.user_id, deviceId })
  return {
    user: toUser(user, { config: context.config, status: 'online' }),
    session_id: session.session_id,
    device_token,
    ...createTokens(context, user, session),
  }
}
