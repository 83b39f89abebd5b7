import { findExport, type JobRow } from '@secureconnect/account-jobs'
import { AppError } from '@secureconnect/errors'
import { type AccountExport, ownAccount } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'

/** The export that somebody asked for within the last day. */
export async function getExportOf(sql: Queries, userId: string): Promise<JobRow> {
  const job = await findExport(sql, userId)
  if (!job) throw new AppError('NOT_FOUND', 'There is no export: ask for one first. It can be had for 24 hours.')
  return job
}

export function toAccountExport({ requested_at, finished_at, expires_at, is_complete }: JobRow): AccountExport {
  const isReady = finished_at !== null
  return {
    state: isReady ? 'ready' : 'preparing',
    requested_at: requested_at.toISOString(),
    expires_at: (expires_at ?? requested_at).toISOString(),
    is_complete,
    data_path: isReady ? ownAccount.downloadExport.path : null,
  }
}
