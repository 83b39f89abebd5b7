import type { Metrics } from '@secureconnect/metrics'
import { Email } from '@secureconnect/protocol'
import type { SendMailOptions } from 'nodemailer'
import { Compile } from 'typebox/compile'

/** A mail that is ready to go. */
export type Mail = {
  to: string
  subject: string
  text: string
  html?: string
  /** The link that it is about; told in the log where mails go nowhere else but into a folder. */
  link?: string | undefined
  /** Stable over repetitions, so that whoever receives a mail twice can tell. */
  messageId: string
  /** What it is about, for metrics and logs: `verification`, `security-notice`, … */
  type: string
}

/** Sends mails, one attempt each: trying again is the outbox's work. */
export type Mailer = {
  /** Resolves when the mail was taken over; otherwise rejects with a MailError. */
  send(mail: Mail): Promise<void>
  close(): Promise<void>
}

/** `invalid` and `refused` speak against the mail, the rest against the server. */
export type FailureReason = 'invalid' | 'refused' | 'deferred' | 'login' | 'tls' | 'timeout' | 'unreachable'

/** A mail that was not taken over, and why. */
export class MailError extends Error {
  readonly reason: FailureReason

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MailError'
    this.reason = reason
  }
}

const email = Compile(Email)
const messageIdPattern = /^[A-Za-z0-9._-]{1,100}$/
const controlCharacter = /\p{Cc}/u

/** What is not one plain address and one line of subject could add recipients or headers of its own. */
function assertSafe({ to, subject, messageId }: Mail): void {
  if (!email.Check(to)) throw new MailError('invalid', 'the recipient is not an e-mail address')
  if (controlCharacter.test(subject)) throw new MailError('invalid', 'the subject has a control character')
  if (!messageIdPattern.test(messageId)) throw new MailError('invalid', 'the message id has a forbidden character')
}

/** The mail as nodemailer takes it. */
export function toMessage(mail: Mail, from: string): SendMailOptions {
  assertSafe(mail)
  const { to, subject, text, html, messageId } = mail
  const host = from.replace(/^.*@|>.*$/g, '')
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    ...(html !== undefined && { html }),
    messageId: `<${messageId}@${host}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** Counts a mail as sent or failed. */
export async function countMail(
  { emails, emailsFailed }: Pick<Metrics, 'emails' | 'emailsFailed'>,
  { type }: Mail,
  send: () => Promise<void>,
): Promise<void> {
  try {
    await send()
    emails.inc({ type })
  } catch (error) {
    emailsFailed.inc({ type, reason: error instanceof MailError ? error.reason : 'unreachable' })
    throw error
  }
}
