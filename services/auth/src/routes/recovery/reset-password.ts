import { tellAccountNews } from '@secureconnect/account-jobs'
import { recovery } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertGoodPassword } from '../../passwords/password-policy.ts'
import { invalidLink } from '../../recovery/errors.ts'
import { getLink, useLink } from '../../recovery/read-link.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { removeDevices } from '../../stores/known-devices.ts'
import { dropMailTokens } from '../../stores/mail-tokens.ts'
import { removeTotp } from '../../stores/second-factors.ts'
import { findUserById, holdUser, markEmailVerified, updatePassword } from '../../stores/users.ts'
import { enqueueMail } from '../../waiting-mail.ts'

export const resetPassword = route(recovery.resetPassword, (context: Context) => async ({ body }) => {
  const { sql, passwords, events } = context
  const link = await getLink(context, { token: body.token, purpose: 'password-reset' })
  const { user_id: userId } = link
  const user = await findUserById(sql, userId)
  if (!user || user.erasing_at) throw invalidLink()
  assertGoodPassword(body.new_password, user, 'new_password')
  using _place = passwords.takePlace()
  const stored = await passwords.hash(body.new_password)
  await sql.transaction(async (tx) => {
    const held = await holdUser(tx, userId)
    await useLink(tx, link)
    await updatePassword(tx, userId, stored)
    if (!held?.email_verified_at) {
      // Somebody else may have made this account in advance, to come in by what he left there.
      await markEmailVerified(tx, userId)
      await removeTotp(tx, userId)
      await removeDevices(tx, userId)
      await tellAccountNews(tx, { news: 'reclaimed', userId }, context.kv)
    }
    await dropMailTokens(tx, userId)
    await enqueueMail(tx, context, { user_id: userId, template: 'password-changed' })
    await endSessions(tx, context, { userId, reason: 'password_reset' })
  })
  events.passwordReset({ userId })
  return { message: 'Your password was changed: sign in with the new one.' }
})
