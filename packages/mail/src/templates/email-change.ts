import { lifetimes } from '@secureconnect/protocol'
import type { MailText } from '../mail-text.ts'
import { writeSpan } from '../write-time.ts'

/** To the new address: does it belong to whoever wants his account to have it? */
export function emailChange({ link }: { link: string }): MailText {
  return {
    subject: 'Confirm your new e-mail address',
    paragraphs: [
      'This e-mail address was given as the new one of an account. If it was you, open this link where you are signed in:',
      link,
      `It works once, and for ${writeSpan(lifetimes.emailChangeMs)}. If it was not you, there is nothing to do.`,
    ],
  }
}
