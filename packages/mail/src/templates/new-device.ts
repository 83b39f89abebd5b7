import type { MailText } from '../mail-text.ts'
import { writeTime } from '../write-time.ts'

/** Somebody signed in from a device that was never here before. */
export function newDevice({ noticedAt }: { noticedAt: string }): MailText {
  return {
    subject: 'A new device signed in to your account',
    paragraphs: [
      `Somebody signed in to your account at ${writeTime(noticedAt)}, with the right password, from a device that we did not know.`,
      'If it was you, there is nothing to do. If not, change your password now: that ends all your other sessions.',
    ],
  }
}
