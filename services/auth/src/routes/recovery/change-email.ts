import { recovery } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertPassword } from '../../passwords/assert-password.ts'
import { wrongPassword } from '../../protection-errors.ts'
import { mailLink } from '../../recovery/mail-link.ts'
import { countRequestedMail } from '../../stores/mail-counts.ts'
import { getUserById, holdUser } from '../../stores/users.ts'

const purpose = 'email-change'

export const changeEmail = route(recovery.changeEmail, (context: Context) => async ({ body, caller }) => {
  const { sql, mailTokens, events } = context
  const { userId } = caller
  const { new_email: newEmail, password } = body
  const user = await getUserById(sql, userId)
  await assertPassword(context, { user, caller, password })
  const isMailed = await sql.transaction(async (tx) => {
    const held = await holdUser(tx, userId)
    // The password may have become another one while this one was judged.
    if (held?.password_hash !== user.password_hash) throw wrongPassword()
    const mayMail = await countRequestedMail(tx, mailTokens.hashAddress(purpose, newEmail))
    if (mayMail) await mailLink(tx, context, { userId, purpose, newEmail })
    return mayMail
  })
  events.mailRequested({ userId, purpose })
  if (!isMailed) events.mailRefused({ userId, purpose, reason: 'limit' })
  return { message: 'A mail is on its way to the new address: open its link where you are signed in.' }
})
