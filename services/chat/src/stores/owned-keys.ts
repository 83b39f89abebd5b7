import type { Transaction } from '@secureconnect/sql'

/** Removes somebody's devices, with all that hangs on them, and his key backup, as far as they are older than a time. */
export async function removeDevicesBefore(tx: Transaction, userId: string, time: Date): Promise<void> {
  await tx.execute`delete from devices where user_id = ${userId} and created_at <= ${time}`
  await tx.execute`delete from key_backups where user_id = ${userId} and updated_at <= ${time}`
}

/** Removes all that is kept for somebody's encryption. */
export async function removeEncryption(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from devices where user_id = ${userId}`
  await tx.execute`delete from key_backups where user_id = ${userId}`
  await tx.execute`delete from handed_out_keys where user_id = ${userId}`
  await tx.execute`delete from key_claims where claimer_id = ${userId} or target_id = ${userId}`
}
