import { factors } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertPassword } from '../../passwords/assert-password.ts'
import { checkFactor } from '../../second-factor/check-factor.ts'
import { totpIsOff, wrongCode } from '../../second-factor/errors.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { removeTotp } from '../../stores/second-factors.ts'
import { getUserById } from '../../stores/users.ts'
import { enqueueMail } from '../../waiting-mail.ts'

export const disableTotp = route(factors.disableTotp, (context: Context) => async ({ body, caller }) => {
  const { sql, events } = context
  const { userId, sessionId } = caller
  const user = await getUserById(sql, userId)
  if (!user.totp_enabled_at) throw totpIsOff()
  await assertPassword(context, { user, caller, password: body.password })
  if (!(await checkFactor(context, { userId, from: sessionId, code: body.code }))) throw wrongCode()
  await sql.transaction(async (tx) => {
    await removeTotp(tx, userId)
    await enqueueMail(tx, context, { user_id: userId, template: 'totp-disabled' })
    await endSessions(tx, context, { userId, except: sessionId, reason: 'totp_removed' })
  })
  events.totpDisabled({ userId })
  return { message: 'Signing in takes your password alone; your other devices have to sign in again.' }
})
