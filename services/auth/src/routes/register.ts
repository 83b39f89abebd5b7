import { accounts } from '@secureconnect/protocol'
import { networkOf, route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { assertGoodPassword } from '../passwords/password-policy.ts'
import { openSession } from '../sessions/open-session.ts'
import { createDelivery } from '../sessions/refresh-cookie.ts'
import { assertNamesFree, insertUser } from '../stores/users.ts'
import { setDeviceCookie } from '../throttle/known-device.ts'

export const register = route(accounts.register, (context: Context) => async ({ body, request, reply }) => {
  const { sql, passwords, events } = context
  const deliver = createDelivery(context, { asCookie: body.refresh_cookie, request, reply })
  const { email, username, password, display_name: displayName, device_name: deviceName } = body
  assertGoodPassword(password, { email, username })
  using _place = passwords.takePlace()
  await assertNamesFree(sql, { email, username })
  const stored = await passwords.hash(password)
  const signedIn = await sql.transaction(async (tx) => {
    const user = await insertUser(tx, { email, username, displayName, ...stored })
    return openSession(tx, context, { user, deviceName, network: networkOf(request.ip) })
  })
  events.registered({ userId: signedIn.user.user_id, sessionId: signedIn.session_id })
  if (body.refresh_cookie) setDeviceCookie(reply, signedIn.device_token)
  return deliver(signedIn)
})
