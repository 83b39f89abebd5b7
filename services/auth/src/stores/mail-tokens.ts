import { randomBytes } from 'node:crypto'
import { lifetimes } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** What a mailed link is for; the mail that brings it has the same name. */
export const MailPurpose = Type.Union([
  Type.Literal('verification'),
  Type.Literal('password-reset'),
  Type.Literal('email-change'),
])
export type MailPurpose = Static<typeof MailPurpose>

const MailTokenRow = Type.Object({
  token_id: column.id,
  user_id: column.id,
  purpose: MailPurpose,
  salt: column.bytes,
  new_email: column.nullable(column.text),
  expires_at: column.timestamp,
})
export type MailTokenRow = Static<typeof MailTokenRow>

const lifeMs: Readonly<Record<MailPurpose, number>> = {
  verification: lifetimes.verificationMs,
  'password-reset': lifetimes.passwordResetMs,
  'email-change': lifetimes.emailChangeMs,
}

export type NewMailToken = { userId: string; purpose: MailPurpose; newEmail?: string | undefined }

/** Makes the token of a purpose, in the place of the one before. */
export function replaceMailToken(tx: Transaction, { userId, purpose, newEmail }: NewMailToken): Promise<MailTokenRow> {
  return tx.one(MailTokenRow)`
    insert into mail_tokens (token_id, user_id, purpose, salt, new_email, expires_at)
    values (${newId()}, ${userId}, ${purpose}, ${randomBytes(16)}, ${newEmail ?? null},
      clock_timestamp() + ${lifeMs[purpose]}::float8 * interval '1 millisecond')
    on conflict (user_id, purpose) do update set token_id = excluded.token_id, salt = excluded.salt,
      new_email = excluded.new_email, expires_at = excluded.expires_at
    returning *`
}

/** A token that still counts. */
export function findMailToken(sql: Queries, tokenId: string): Promise<MailTokenRow | undefined> {
  return sql.maybeOne(MailTokenRow)`
    select * from mail_tokens where token_id = ${tokenId} and expires_at > clock_timestamp()`
}

/** Uses a token up; false where it does not count any more. */
export async function takeMailToken(tx: Transaction, tokenId: string): Promise<boolean> {
  const used = await tx.execute`
    delete from mail_tokens where token_id = ${tokenId} and expires_at > clock_timestamp()`
  return used === 1
}

/** Makes links worth nothing that somebody asked for who may not be the owner: of one purpose, or all. */
export async function dropMailTokens(
  tx: Transaction,
  userId: string,
  purposes?: readonly MailPurpose[],
): Promise<void> {
  if (purposes) await tx.execute`delete from mail_tokens where user_id = ${userId} and purpose = any(${purposes})`
  else await tx.execute`delete from mail_tokens where user_id = ${userId}`
}

/** Drops the tokens that nobody used in time. */
export async function dropPastMailTokens(sql: Queries): Promise<void> {
  await sql.execute`delete from mail_tokens where expires_at < now()`
}
