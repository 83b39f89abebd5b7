import type { MailText } from '../mail-text.ts'
import { writeTime } from '../write-time.ts'

/** The authenticator app was switched off: the password alone protects the account. */
export function totpDisabled({ noticedAt }: { noticedAt: string }): MailText {
  return {
    subject: 'Signing in to your account takes your password alone now',
    paragraphs: [
      `The authenticator app of your account was switched off at ${writeTime(noticedAt)}, and all your other devices have to sign in again.`,
      'If it was not you, reset your password now: that ends all sessions, also those of whoever did it.',
    ],
  }
}
