import type { Mail } from './mailer.ts'
import { newDevice } from './templates/new-device.ts'
import { passwordChanged } from './templates/password-changed.ts'
import { securityNotice } from './templates/security-notice.ts'

/** What a template says, as plain text; a paragraph that is a web address becomes a link. */
export type MailText = { subject: string; paragraphs: readonly string[] }

const templates = {
  'security-notice': securityNotice,
  'new-device': newDevice,
  'password-changed': passwordChanged,
}

export type MailTemplate = keyof typeof templates
export type MailValues<T extends MailTemplate> = Parameters<(typeof templates)[T]>[0]

/** Writes a mail out as text and as HTML. Values are plain text: nothing in them can become markup. */
export function renderMail<T extends MailTemplate>(mail: {
  template: T
  values: MailValues<T>
}): Pick<Mail, 'subject' | 'text' | 'type'> & { html: string } {
  const { subject, paragraphs } = templates[mail.template](mail.values)
  const body = paragraphs.map(toHtml).join('\n')
  return {
    type: mail.template,
    subject,
    text: `${paragraphs.join('\n\n')}\n`,
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
