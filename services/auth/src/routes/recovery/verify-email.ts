import { recovery } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { getLink, useLink } from '../../recovery/read-link.ts'
import { markEmailVerified } from '../../stores/users.ts'
import { enqueueMail } from '../../waiting-mail.ts'

export const verifyEmail = route(recovery.verifyEmail, (context: Context) => async ({ body: { token } }) => {
  const link = await getLink(context, { token, purpose: 'verification' })
  const { user_id: userId } = link
  await context.sql.transaction(async (tx) => {
    await markEmailVerified(tx, userId)
    await useLink(tx, link)
    await enqueueMail(tx, context, { user_id: userId, template: 'welcome' })
  })
  context.events.emailVerified({ userId })
  return { message: 'Your e-mail address is confirmed.' }
})
