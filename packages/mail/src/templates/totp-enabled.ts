import type { MailText } from '../mail-text.ts'
import { writeTime } from '../write-time.ts'

/** An authenticator app was switched on; if it is somebody else's, the owner will be kept out by it. */
export function totpEnabled({ noticedAt }: { noticedAt: string }): MailText {
  return {
    subject: 'Signing in to your account takes an authenticator app now',
    paragraphs: [
      `An authenticator app was switched on for your account at ${writeTime(noticedAt)}: signing in takes its code from now on.`,
      'If it was not you, change your password now, which ends all your other sessions, and tell whoever runs this service.',
    ],
  }
}
