import type { Tokens } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { findBan } from '../admin/find-ban.ts'
import type { Context } from '../context.ts'
import { accountBanned } from '../errors.ts'
import { type Exchange, isGranted, type RefusedRotation, rotateSession, type SessionRow } from '../stores/sessions.ts'
import { findUserById, type UserRow } from '../stores/users.ts'
import { enqueueMail } from '../waiting-mail.ts'
import { assertMaySignIn } from './assert-may-sign-in.ts'
import { endSessions } from './end-sessions.ts'
import { invalidGrant } from './errors.ts'
import { createTokens } from './open-session.ts'
import type { PresentedToken } from './refresh-token.ts'

type RefreshContext = Pick<Context, 'config' | 'sql' | 'kv' | 'refreshTokens' | 'events'>

/** A token that came twice is in two hands, and nobody can tell which is the owner's: the session ends for both. */
async function endReusedSession(
  tx: Transaction,
  context: Pick<Context, 'kv' | 'events'>,
  session: SessionRow,
): Promise<void> {
  const { session_id: sessionId, user_id: userId } = session
  await endSessions(tx, context, { userId, only: sessionId, reason: 'refresh_token_reuse' })
  await enqueueMail(tx, context, { user_id: userId, template: 'security-notice' })
}

type Refusal = { presented: PresentedToken; rotation: RefusedRotation; user: UserRow | undefined }

function refuse({ refreshTokens, events }: RefreshContext, { presented, rotation, user }: Refusal): never {
  events.refreshFailed({ userId: user?.user_id, reason: rotation.kind })
  // Who holds a genuine token of a session that a ban ended may hear of the ban; others learn nothing.
  const isOwner = rotation.kind === 'ended' && refreshTokens.isGenuine(presented, rotation.session.salt)
  const ban = isOwner && user ? findBan(user) : null
  throw ban ? accountBanned(ban) : invalidGrant()
}

/** Exchanges a refresh token for the next pair, or ends the session whose token came back after it was used up. */
export async function refreshSession(context: RefreshContext, exchange: Exchange, now: Date): Promise<Tokens> {
  const { sql, refreshTokens, events } = context
  const { rotation, user } = await sql.transaction(async (tx) => {
    const rotation = await rotateSession(tx, { exchange, tokens: refreshTokens, now })
    if (rotation.kind === 'reused') await endReusedSession(tx, context, rotation.session)
    return {
      rotation,
      user: rotation.kind === 'unknown' ? undefined : await findUserById(tx, rotation.session.user_id),
    }
  })
  if (!isGranted(rotation)) return refuse(context, { presented: exchange.presented, rotation, user })
  if (!user) throw invalidGrant()
  assertMaySignIn(context, user)
  const { session, kind } = rotation
  events.refreshed({ userId: user.user_id, sessionId: session.session_id, isRepeat: kind === 'repeated' })
  return createTokens(context, user, session)
}
