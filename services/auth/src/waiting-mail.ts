import { enqueue } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Context } from './context.ts'
import { MailPurpose } from './stores/mail-tokens.ts'

export const mailTopic = 'mail'

/** A mail that waits says who gets it and why; its text, its link and its address are found when it goes out. */
export const WaitingMail = Type.Union([
  Type.Object({
    user_id: Type.String(),
    template: Type.Union([
      Type.Literal('welcome'),
      Type.Literal('password-changed'),
      Type.Literal('new-device'),
      Type.Literal('security-notice'),
      Type.Literal('totp-enabled'),
      Type.Literal('totp-disabled'),
    ]),
  }),
  Type.Object({ user_id: Type.String(), template: MailPurpose, token_id: Type.String() }),
  Type.Object({ user_id: Type.String(), template: Type.Literal('email-changed'), change_id: Type.String() }),
])
export type WaitingMail = Static<typeof WaitingMail>

/** Mails to an account go out in their order; what has a link or another address waits for nothing but itself. */
function toKey(mail: WaitingMail): string {
  if ('token_id' in mail) return mail.token_id
  return 'change_id' in mail ? mail.change_id : mail.user_id
}

/** Has a mail sent as soon as the transaction is committed and the mail server takes it, if that is before `expiresAt`. */
export async function enqueueMail(
  tx: Transaction,
  { kv }: Pick<Context, 'kv'>,
  { expiresAt, ...mail }: WaitingMail & { expiresAt?: Date },
): Promise<void> {
  await enqueue(tx, { topic: mailTopic, key: toKey(mail), payload: mail, ...(expiresAt && { expiresAt }) }, kv)
}
