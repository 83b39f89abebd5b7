import type { MailText } from '../mail-text.ts'
import { writeTime } from '../write-time.ts'

/** To the old address: the account has another one now; if its owner did not do it, this is how he hears of it. */
export function emailChanged({ noticedAt }: { noticedAt: string }): MailText {
  return {
    subject: 'Your account has another e-mail address now',
    paragraphs: [
      `The e-mail address of your account was changed at ${writeTime(noticedAt)}. This one belongs to it no more, and all your other devices have to sign in again.`,
      'If it was not you who changed it, somebody knows your password: tell whoever runs this service at once.',
    ],
  }
}
