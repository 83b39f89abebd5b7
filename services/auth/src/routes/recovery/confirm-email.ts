import { recovery } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { invalidLink } from '../../recovery/errors.ts'
import { getLink, useLink } from '../../recovery/read-link.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { insertFormerEmail } from '../../stores/former-emails.ts'
import { dropMailTokens } from '../../stores/mail-tokens.ts'
import { holdUser, replaceEmail, toUser } from '../../stores/users.ts'
import { enqueueMail } from '../../waiting-mail.ts'

/**
 * Only for who is signed in: an address that was mistyped belongs to a stranger, who gets the mail and could otherwise
 * make the account his own.
 */
export const confirmEmail = route(recovery.confirmEmail, (context: Context) => async ({ body, caller }) => {
  const { sql, events } = context
  const { userId, sessionId } = caller
  const link = await getLink(context, { token: body.token, purpose: 'email-change' })
  const { new_email: email } = link
  if (link.user_id !== userId || email === null) throw invalidLink()
  const changed = await sql.transaction(async (tx) => {
    const held = await holdUser(tx, userId)
    if (!held) throw invalidLink()
    await useLink(tx, link)
    const user = await replaceEmail(tx, userId, email)
    const change_id = await insertFormerEmail(tx, { userId, email: held.email })
    await dropMailTokens(tx, userId)
    await enqueueMail(tx, context, { user_id: userId, template: 'email-changed', change_id })
    await endSessions(tx, context, { userId, except: sessionId, reason: 'email_change' })
    return user
  })
  events.emailChanged({ userId })
  return toUser(changed, context)
})
