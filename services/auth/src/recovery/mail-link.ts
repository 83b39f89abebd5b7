import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { type NewMailToken, replaceMailToken } from '../stores/mail-tokens.ts'
import { enqueueMail } from '../waiting-mail.ts'

/** Mails a link, which takes the place of an earlier one for the same; it is not sent when its time is over. */
export async function mailLink(tx: Transaction, context: Pick<Context, 'kv'>, token: NewMailToken): Promise<void> {
  const { token_id, expires_at: expiresAt } = await replaceMailToken(tx, token)
  await enqueueMail(tx, context, { user_id: token.userId, template: token.purpose, token_id, expiresAt })
}
