import { lifetimes } from '@secureconnect/protocol'
import type { MailText } from '../mail-text.ts'
import { writeSpan } from '../write-time.ts'

/** Somebody says he has forgotten the password. */
export function passwordReset({ link }: { link: string }): MailText {
  return {
    subject: 'Reset your password',
    paragraphs: [
      'Somebody asked to reset the password of your account. If it was you, open this link to choose another:',
      link,
      `It works once, and for ${writeSpan(lifetimes.passwordResetMs)}. All your devices then have to sign in again.`,
      'If it was not you, there is nothing to do: your password stays as it is.',
    ],
  }
}
