import { accounts } from '@secureconnect/protocol'
import { networkOf, route, validationError } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { invalidCredentials } from '../errors.ts'
import type { StoredPassword } from '../passwords/password-hasher.ts'
import { assertMaySignIn } from '../sessions/assert-may-sign-in.ts'
import { openSession } from '../sessions/open-session.ts'
import { findUserByLogin, type UserRow, updatePassword } from '../stores/users.ts'

function toStoredPassword(user: UserRow): StoredPassword {
  return { passwordHash: user.password_hash, pepperId: user.pepper_id }
}

/** A hash made with weaker parameters is replaced while the password is at hand. */
async function renewHash(
  { sql, passwords }: Pick<Context, 'sql' | 'passwords'>,
  user: UserRow,
  password: string,
): Promise<void> {
  if (!passwords.isOutdated(toStoredPassword(user))) return
  await updatePassword(sql, user.user_id, await passwords.hash(password))
}

export const login = route(accounts.login, (context: Context) => async ({ body, request, reply }) => {
  const { sql, passwords, events } = context
  const name = body.email ?? body.username
  if (name === undefined) throw validationError([{ field: 'email', message: 'is missing; a username does too' }])
  const responseTimeMs = () => Math.round(reply.elapsedTime)

  const user = await findUserByLogin(sql, name)
  const isRight = await passwords.verify(body.password, user && toStoredPassword(user))
  if (!user || !isRight) {
    const reason = user ? 'wrong_password' : 'unknown_account'
    events.loginFailed({ userId: user?.user_id, reason, responseTimeMs: responseTimeMs() })
    throw invalidCredentials()
  }
  assertMaySignIn(context, user)
  await renewHash(context, user, body.password)
  const signedIn = await sql.transaction((tx) =>
    openSession(tx, context, { user, deviceName: body.device_name, network: networkOf(request.ip) }),
  )
  events.loginSucceeded({ userId: user.user_id, sessionId: signedIn.session_id, responseTimeMs: responseTimeMs() })
  reply.header('cache-control', 'no-store')
  return signedIn
})
