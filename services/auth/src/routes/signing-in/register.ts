import { accounts } from '@secureconnect/protocol'
import { networkOf, route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertGoodPassword } from '../../passwords/password-policy.ts'
import { mailLink } from '../../recovery/mail-link.ts'
import { openSession } from '../../sessions/open-session.ts'
import { createDelivery } from '../../sessions/refresh-cookie.ts'
import { assertNamesFree, insertUser, toUser } from '../../stores/users.ts'
import { setDeviceCookie } from '../../throttle/known-device.ts'

export const register = route(accounts.register, (context: Context) => async ({ body, request, reply }) => {
  const { sql, config, passwords, events } = context
  const deliver = createDelivery(context, { asCookie: body.refresh_cookie, request, reply })
  const { email, username, password, display_name: displayName, device_name: deviceName } = body
  assertGoodPassword(password, { email, username })
  using _place = passwords.takePlace()
  await assertNamesFree(sql, { email, username })
  const stored = await passwords.hash(password)
  const { user, signedIn } = await sql.transaction(async (tx) => {
    const row = await insertUser(tx, { email, username, displayName, ...stored })
    const user = toUser(row, context)
    if (config.emailVerification !== 'off')
      await mailLink(tx, context, { userId: row.user_id, purpose: 'verification' })
    if (config.emailVerification === 'required') return { user, signedIn: undefined }
    return { user, signedIn: await openSession(tx, context, { user: row, deviceName, network: networkOf(request.ip) }) }
  })
  events.registered({ userId: user.user_id, sessionId: signedIn?.session_id })
  if (!signedIn) return { user }
  if (body.refresh_cookie) setDeviceCookie(reply, signedIn.device_token)
  return deliver(signedIn)
})
