import { recovery } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { requestMail } from '../../recovery/request-mail.ts'

export const resendVerification = route(
  recovery.resendVerification,
  (context: Pick<Context, 'sql' | 'events'>) =>
    async ({ body: { email } }) => {
      await requestMail(context, { purpose: 'verification', email })
      return { message: 'If this address waits to be confirmed, a mail is on its way to it.' }
    },
)
