import type { Queries } from '@secureconnect/sql'
import { onlyRecordingHosts } from '../errors.ts'
import { type RecordingRow, wasHost } from '../stores/recordings.ts'

/** Refuses whoever neither began a recording nor is a host of its call, or was one when he left it once. */
export async function assertMayChange(
  sql: Queries,
  { call_id: callId, started_by }: RecordingRow,
  userId: string,
): Promise<void> {
  if (started_by !== userId && !(await wasHost(sql, { callId, userId }))) throw onlyRecordingHosts()
}
