import type { MailText } from '../mail-text.ts'
import { writeTime } from '../write-time.ts'

/** A refresh token was used twice: someone holds a copy of it, and the session had to end. */
export function securityNotice({ noticedAt }: { noticedAt: string }): MailText {
  return {
    subject: 'We ended one of your sessions',
    paragraphs: [
      `At ${writeTime(noticedAt)} the key that keeps you signed in was used a second time. That happens when somebody else has a copy of it, so we ended that session.`,
      'Sign in again to go on. If you do not know why this happened, change your password: that ends all your sessions.',
    ],
  }
}
