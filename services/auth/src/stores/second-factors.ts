import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const TotpSecretRow = Type.Object({ sealed_secret: column.bytes, last_step: column.integer })
export type TotpSecretRow = Static<typeof TotpSecretRow>

/** Keeps the secret of an app that its owner has yet to try; an earlier one that he never tried is replaced. */
export async function saveTotpSecret(
  tx: Transaction,
  { userId, sealedSecret }: { userId: string; sealedSecret: Buffer },
): Promise<void> {
  await tx.execute`
    insert into totp_secrets (user_id, sealed_secret) values (${userId}, ${sealedSecret})
    on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, last_step = 0, created_at = now()`
}

export function findTotpSecret(sql: Queries, userId: string): Promise<TotpSecretRow | undefined> {
  return sql.maybeOne(TotpSecretRow)`select sealed_secret, last_step from totp_secrets where user_id = ${userId}`
}

/** Uses up a time step and all before it; false where somebody has used it already. */
export async function useTotpStep(
  sql: Queries,
  { userId, sealedSecret, step }: { userId: string; sealedSecret: Buffer; step: number },
): Promise<boolean> {
  const used = await sql.execute`
    update totp_secrets set last_step = ${step}
    where user_id = ${userId} and sealed_secret = ${sealedSecret} and last_step < ${step}`
  return used === 1
}

export async function saveRecoveryCodes(
  tx: Transaction,
  { userId, hashes }: { userId: string; hashes: readonly Buffer[] },
): Promise<void> {
  await tx.execute`delete from recovery_codes where user_id = ${userId}`
  for (const hash of hashes) {
    await tx.execute`insert into recovery_codes (user_id, code_hash) values (${userId}, ${hash})`
  }
}

/** Uses up a recovery code; false where there is none like it. */
export async function useRecoveryCode(
  sql: Queries,
  { userId, hash }: { userId: string; hash: Buffer },
): Promise<boolean> {
  return (await sql.execute`delete from recovery_codes where user_id = ${userId} and code_hash = ${hash}`) === 1
}

/** From now on the account asks for a code after the password; false where it does so already. */
export async function enableTotp(tx: Transaction, userId: string): Promise<boolean> {
  const enabled = await tx.execute`
    update users set totp_enabled_at = now(), updated_at = now()
    where user_id = ${userId} and totp_enabled_at is null`
  return enabled === 1
}

/** Takes the second factor off an account with all that belongs to it. */
export async function removeTotp(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`
    update users set totp_enabled_at = null, updated_at = now()
    where user_id = ${userId} and totp_enabled_at is not null`
  await tx.execute`delete from totp_secrets where user_id = ${userId}`
  await tx.execute`delete from recovery_codes where user_id = ${userId}`
}
