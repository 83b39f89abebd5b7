import type { MailText } from './mail-text.ts'
import type { Mail } from './mailer.ts'
import { emailChange } from './templates/email-change.ts'
import { emailChanged } from './templates/email-changed.ts'
import { newDevice } from './templates/new-device.ts'
import { passwordChanged } from './templates/password-changed.ts'
import { passwordReset } from './templates/password-reset.ts'
import { securityNotice } from './templates/security-notice.ts'
import { totpDisabled } from './templates/totp-disabled.ts'
import { totpEnabled } from './templates/totp-enabled.ts'
import { verification } from './templates/verification.ts'
import { welcome } from './templates/welcome.ts'

const writers = {
  verification,
  welcome,
  'password-reset': passwordReset,
  'password-changed': passwordChanged,
  'email-change': emailChange,
  'email-changed': emailChanged,
  'new-device': newDevice,
  'security-notice': securityNotice,
  'totp-enabled': totpEnabled,
  'totp-disabled': totpDisabled,
}

export type MailTemplate = keyof typeof writers
/** What each template has to be told. */
export type MailValues = { [T in MailTemplate]: Parameters<(typeof writers)[T]>[0] }

const templates: { [T in MailTemplate]: (values: MailValues[T]) => MailText } = writers

type Letter<T extends MailTemplate> = {
  template: T
  values: MailValues[T]
  /** Whom to greet. Left out where nobody has confirmed the address: else strangers could have us write to it for them. */
  displayName?: string | undefined
}

/** Writes a mail out as text and as HTML. Values are plain text: nothing in them can become markup. */
export function renderMail<T extends MailTemplate>({
  template,
  values,
  displayName,
}: Letter<T>): Pick<Mail, 'subject' | 'text' | 'type'> & { html: string } {
  const { subject, paragraphs } = templates[template](values)
  const written = [displayName === undefined ? 'Hello,' : `Hello ${displayName},`, ...paragraphs]
  const body = written.map(toHtml).join('\n')
  return {
    type: template,
    subject,
    text: `${written.join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${escapeHtml(subject)}</title>\n${body}\n</html>\n`,
  }
}

function toHtml(paragraph: string): string {
  const shown = escapeHtml(paragraph)
  return /^https?:\/\/\S+$/.test(paragraph) ? `<p><a href="${shown}">${shown}</a></p>` : `<p>${shown}</p>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
