import type { AccountSteps } from '@secureconnect/account-jobs'
import type { Queries } from '@secureconnect/sql'
import { toFile } from '../files/to-file.ts'
import { listOwnFiles } from '../stores/files.ts'

const filesPerStep = 500

/** Collects what is known of somebody's files; their bytes he downloads one by one. */
export async function collectFiles(
  sql: Queries,
  { userId, after }: Parameters<AccountSteps['collect']>[1],
): ReturnType<AccountSteps['collect']> {
  const rows = await listOwnFiles(sql, { userId, after, rows: filesPerStep })
  const last = rows.at(-1)
  const isFull = rows.length === filesPerStep && last !== undefined
  return { section: 'files', items: rows.map(toFile), ...(isFull && { next: last.file_id }) }
}
