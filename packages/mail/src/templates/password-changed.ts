import type { MailText } from '../mail-text.ts'
import { writeTime } from '../write-time.ts'

/** The owner changed the password; if it was somebody else, this is how the owner hears of it. */
export function passwordChanged({ noticedAt }: { noticedAt: string }): MailText {
  return {
    subject: 'Your password was changed',
    paragraphs: [
      `Your password was changed at ${writeTime(noticedAt)}, and all your other devices have to sign in again.`,
      'If it was not you who changed it, reset your password now: that ends all sessions, also those of whoever did it.',
    ],
  }
}
