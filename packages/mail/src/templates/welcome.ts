import type { MailText } from '../mail-text.ts'

/** The address is confirmed: all is ready. */
export function welcome({ link }: { link: string }): MailText {
  return {
    subject: 'Welcome to SecureConnect',
    paragraphs: [
      'Your e-mail address is confirmed. We write to it when something happens to your account that you should know of.',
      'Your messages and calls are here:',
      link,
    ],
  }
}
