import type { MailText } from '../render-mail.ts'
import { writeTime } from '../write-time.ts'

export type SecurityNotice = {
  displayName: string
  deviceName?: string
  /** When it was noticed, RFC 3339. */
  noticedAt: string
}

/** A refresh token was used twice: someone holds a copy of it, and the session had to end. */
export function securityNotice({ displayName, deviceName, noticedAt }: SecurityNotice): MailText {
  const session = deviceName === undefined ? 'one of your sessions' : `your session on "${deviceName}"`
  return {
    subject: 'We ended one of your sessions',
    paragraphs: [
      `Hello ${displayName},`,
      `at ${writeTime(noticedAt)} the key that keeps you signed in was used a second time. That happens when somebody else has a copy of it, so we ended ${session}.`,
      'Sign in again to go on. If you do not know why this happened, change your password: that ends all your sessions.',
    ],
  }
}
