import type { AccountSteps } from '@secureconnect/account-jobs'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { removeFile } from '../files/remove-file.ts'
import { isReferredTo, listAllOf, lockFile } from '../stores/files.ts'
import { removeQuota } from '../stores/quotas.ts'

const filesPerStep = 100

/**
 * Removes somebody's files, some a step. Those that messages show still stay as long as these: where he wants his
 * messages gone too, the last of them takes its files along.
 */
export async function eraseFiles(
  tx: Transaction,
  { userId, after }: Parameters<AccountSteps['erase']>[1],
  { kv }: Pick<Context, 'kv'>,
): ReturnType<AccountSteps['erase']> {
  const rows = await listAllOf(tx, { userId, after, rows: filesPerStep })
  for (const { file_id: fileId } of rows) {
    const file = await lockFile(tx, fileId)
    if (file && !(await isReferredTo(tx, file))) await removeFile(tx, file, kv)
  }
  if (rows.length === filesPerStep) return rows.at(-1)?.file_id
  await removeQuota(tx, userId)
  return undefined
}
