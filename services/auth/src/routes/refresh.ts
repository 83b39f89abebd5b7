import { enqueue } from '@secureconnect/outbox'
import { accounts } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import { findBan } from '../admin/find-ban.ts'
import type { Context } from '../context.ts'
import { accountBanned } from '../errors.ts'
import { mailTopic, toSecurityNotice } from '../mail-relay.ts'
import { assertMaySignIn } from '../sessions/assert-may-sign-in.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { invalidGrant } from '../sessions/errors.ts'
import { createTokens } from '../sessions/open-session.ts'
import { createDelivery, readRefreshCookie } from '../sessions/refresh-cookie.ts'
import { readRefreshToken } from '../sessions/refresh-token.ts'
import { isGranted, type RefusedRotation, rotateSession, type SessionRow } from '../stores/sessions.ts'
import { findUserById } from '../stores/users.ts'

/** A token that came twice is in two hands, and nobody can tell which is the owner's: the session ends for both. */
async function endReusedSession(
  tx: Transaction,
  context: Pick<Context, 'kv' | 'events'>,
  session: SessionRow,
): Promise<void> {
  const { session_id: sessionId, user_id: userId } = session
  await endSessions(tx, context, { userId, only: sessionId, reason: 'refresh_token_reuse' })
  await enqueue(tx, { topic: mailTopic, key: userId, payload: toSecurityNotice(userId) }, context.kv)
}

function reportRefusal({ events }: Pick<Context, 'events'>, refused: RefusedRotation): void {
  if (refused.kind === 'unknown') return events.refreshFailed({ reason: 'unknown' })
  events.refreshFailed({ userId: refused.session.user_id, reason: refused.kind })
}

export const refresh = route(accounts.refresh, (context: Context) => async ({ body, request, reply }) => {
  const { sql, refreshTokens, events } = context
  const token = body.refresh_token ?? readRefreshCookie(request)
  if (token === undefined)
    throw validationError([{ field: 'refresh_token', message: 'is missing, and no cookie came' }])
  const deliver = createDelivery(context, { asCookie: body.refresh_token === undefined, request, reply })
  const presented = readRefreshToken(token)
  if (!presented) {
    events.refreshFailed({ reason: 'malformed' })
    throw invalidGrant()
  }
  const { rotation, user } = await sql.transaction(async (tx) => {
    const rotation = await rotateSession(tx, { presented, tokens: refreshTokens, now: new Date() })
    if (rotation.kind === 'reused') await endReusedSession(tx, context, rotation.session)
    return {
      rotation,
      user: rotation.kind === 'unknown' ? undefined : await findUserById(tx, rotation.session.user_id),
    }
  })
  if (!isGranted(rotation)) {
    reportRefusal(context, rotation)
    // Who holds a genuine token of a session that a ban ended may hear of the ban; others learn nothing.
    const isOwner = rotation.kind === 'ended' && refreshTokens.isGenuine(presented, rotation.session.salt)
    const ban = isOwner && user ? findBan(user) : null
    throw ban ? accountBanned(ban) : invalidGrant()
  }
  if (!user) throw invalidGrant()
  assertMaySignIn(context, user)
  const { session, kind } = rotation
  events.refreshed({ userId: user.user_id, sessionId: session.session_id, isRepeat: kind === 'repeated' })
  return deliver(createTokens(context, user, session))
})
