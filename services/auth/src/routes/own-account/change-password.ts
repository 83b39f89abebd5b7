import { credentials } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertPassword } from '../../passwords/assert-password.ts'
import { assertGoodPassword } from '../../passwords/password-policy.ts'
import { wrongPassword } from '../../protection-errors.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { dropMailTokens } from '../../stores/mail-tokens.ts'
import { getUserById, replacePassword } from '../../stores/users.ts'
import { enqueueMail } from '../../waiting-mail.ts'

export const changePassword = route(credentials.changePassword, (context: Context) => async ({ body, caller }) => {
  const { sql, passwords, events } = context
  const { userId, sessionId } = caller
  const user = await getUserById(sql, userId)
  assertGoodPassword(body.new_password, user, 'new_password')
  await assertPassword(context, { user, caller, password: body.old_password })
  const stored = await passwords.hash(body.new_password)
  await sql.transaction(async (tx) => {
    if (!(await replacePassword(tx, user, stored))) throw wrongPassword()
    await dropMailTokens(tx, userId, ['password-reset', 'email-change'])
    await enqueueMail(tx, context, { user_id: userId, template: 'password-changed' })
    await endSessions(tx, context, { userId, except: sessionId, reason: 'password_change' })
  })
  events.passwordChanged({ userId })
  return { message: 'Your password was changed; your other devices have to sign in again.' }
})
