import { MailError, renderMail } from '@secureconnect/mail'
import { type OutboxRow, startRelay, Undeliverable } from '@secureconnect/outbox'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Context } from './context.ts'
import { findUserById } from './stores/users.ts'

export const mailTopic = 'mail'

/** A mail that waits says who gets it and why; its text is written when it goes out. */
const WaitingMail = Type.Object({
  user_id: Type.String(),
  template: Type.Union([Type.Literal('security-notice'), Type.Literal('new-device'), Type.Literal('password-changed')]),
})
type WaitingMail = Static<typeof WaitingMail>
const waitingMail = Compile(WaitingMail)

export function toSecurityNotice(userId: string): WaitingMail {
  return { user_id: userId, template: 'security-notice' }
}

export function toNewDevice(userId: string): WaitingMail {
  return { user_id: userId, template: 'new-device' }
}

export function toPasswordChanged(userId: string): WaitingMail {
  return { user_id: userId, template: 'password-changed' }
}

async function sendMail({ sql, mailer }: Pick<Context, 'sql' | 'mailer'>, row: OutboxRow): Promise<void> {
  const { outbox_id: messageId, payload, created_at: noticedAt } = row
  if (!waitingMail.Check(payload)) throw new Undeliverable('the row is not a mail')
  const user = await findUserById(sql.background, payload.user_id)
  if (!user) throw new Undeliverable('the account is gone')
  const values = { displayName: user.display_name, noticedAt: noticedAt.toISOString() }
  try {
    await mailer.send({ ...renderMail({ template: payload.template, values }), to: user.email, messageId })
  } catch (error) {
    const isHopeless = error instanceof MailError && (error.reason === 'invalid' || error.reason === 'refused')
    throw isHopeless ? new Undeliverable(error.message, { cause: error }) : error
  }
}

/** Sends the mails that wait; a mail server that is away delays them. */
export function relayMail(context: Context): Promise<AsyncDisposable> {
  const { sql, kv, log, metrics } = context
  return startRelay({ sql, kv, log, metrics, topics: { [mailTopic]: { deliver: (row) => sendMail(context, row) } } })
}
