import type { Queries } from '@secureconnect/sql'
import { callNotFound, recordingNotFound } from '../errors.ts'
import { findCall } from '../stores/calls.ts'
import { findRecording, type RecordingRow } from '../stores/recordings.ts'

type Place = { callId: string; recordingId: string; userId: string }

/** A recording of a call that somebody may know of; to all others there is no such call. */
export async function getRecording(sql: Queries, { callId, recordingId, userId }: Place): Promise<RecordingRow> {
  if (!(await findCall(sql, { callId, userId }))) throw callNotFound()
  const recording = await findRecording(sql, recordingId)
  if (recording?.call_id !== callId) throw recordingNotFound()
  return recording
}
