import { recovery } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { requestMail } from '../../recovery/request-mail.ts'

export const requestPasswordReset = route(
  recovery.requestPasswordReset,
  (context: Pick<Context, 'sql' | 'events'>) =>
    async ({ body: { email } }) => {
      await requestMail(context, { purpose: 'password-reset', email })
      return { message: 'If there is an account with this address, a mail is on its way to it.' }
    },
)
