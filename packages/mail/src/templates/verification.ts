import { lifetimes } from '@secureconnect/protocol'
import type { MailText } from '../mail-text.ts'
import { writeSpan } from '../write-time.ts'

/** Somebody made an account with this address: is it his? */
export function verification({ link }: { link: string }): MailText {
  return {
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'An account was made with this e-mail address. If it is yours, open this link to confirm the address:',
      link,
      `It works once, and for ${writeSpan(lifetimes.verificationMs)}. If you made no account, there is nothing to do.`,
    ],
  }
}
