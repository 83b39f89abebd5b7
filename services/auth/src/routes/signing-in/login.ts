import { accounts } from '@secureconnect/protocol'
import { networkOf, route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { invalidCredentials } from '../../errors.ts'
import { toStoredPassword } from '../../passwords/assert-password.ts'
import { checkFactor } from '../../second-factor/check-factor.ts'
import { totpRequired, wrongCode } from '../../second-factor/errors.ts'
import { assertMaySignIn } from '../../sessions/assert-may-sign-in.ts'
import { openSession } from '../../sessions/open-session.ts'
import { createDelivery } from '../../sessions/refresh-cookie.ts'
import { findUserByLogin, replacePassword, type UserRow } from '../../stores/users.ts'
import { findKnownDevice, setDeviceCookie } from '../../throttle/known-device.ts'
import { insider, strangerAt } from '../../throttle/login-throttle.ts'

/** A hash made with weaker parameters is replaced while the password is at hand. */
async function renewHash(
  { sql, passwords }: Pick<Context, 'sql' | 'passwords'>,
  user: UserRow,
  password: string,
): Promise<UserRow> {
  if (!passwords.isOutdated(toStoredPassword(user))) return user
  const renewed = await replacePassword(sql, user, await passwords.hash(password))
  if (!renewed) throw invalidCredentials()
  return renewed
}

export const login = route(accounts.login, (context: Context) => async ({ body, request, reply }) => {
  const { sql, passwords, throttle, events } = context
  const { password, device_name: deviceName, device_token: deviceToken, totp } = body
  const deliver = createDelivery(context, { asCookie: body.refresh_cookie, request, reply })
  const name = body.email ?? body.username
  if (name === undefined) throw validationError([{ field: 'email', message: 'is missing; a username does too' }])
  const responseTimeMs = () => Math.round(reply.elapsedTime)
  const network = networkOf(request.ip)

  using _place = passwords.takePlace()
  const user = await findUserByLogin(sql, name)
  const deviceId = user && (await findKnownDevice(context, { userId: user.user_id, request, deviceToken }))
  const suspect =
    user && deviceId ? insider(user.user_id, 'device', deviceId) : strangerAt(user?.user_id, name, network)
  const isRight = await throttle.attempt(suspect, () => passwords.verify(password, user && toStoredPassword(user)))
  if (!user || !isRight) {
    const reason = user ? 'wrong_password' : 'unknown_account'
    events.loginFailed({ userId: user?.user_id, reason, responseTimeMs: responseTimeMs() })
    throw invalidCredentials()
  }
  if (user.totp_enabled_at) {
    if (totp === undefined) throw totpRequired()
    if (!(await checkFactor(context, { userId: user.user_id, from: deviceId, code: totp }))) {
      events.loginFailed({ userId: user.user_id, reason: 'wrong_code', responseTimeMs: responseTimeMs() })
      throw wrongCode()
    }
  }
  assertMaySignIn(context, user)
  const renewed = await renewHash(context, user, password)
  const signedIn = await sql.transaction((tx) =>
    openSession(tx, context, { user: renewed, deviceId, deviceName, network }),
  )
  events.loginSucceeded({ userId: user.user_id, sessionId: signedIn.session_id, responseTimeMs: responseTimeMs() })
  if (body.refresh_cookie) setDeviceCookie(reply, signedIn.device_token)
  return deliver(signedIn)
})
