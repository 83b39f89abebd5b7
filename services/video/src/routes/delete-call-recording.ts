import { callRecordings } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { recordingGoesOn, recordingNotFound } from '../errors.ts'
import { assertMayChange } from '../recording/assert-may-change.ts'
import { getRecording } from '../recording/find-recording.ts'
import { removeRecording } from '../recording/remove-recording.ts'

export const deleteCallRecording = route(
  callRecordings.delete,
  ({ sql, kv, events }: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ params: { call_id: callId, recording_id: recordingId }, caller: { userId } }) => {
      await sql.transaction(async (tx) => {
        const recording = await getRecording(tx, { callId, recordingId, userId })
        await assertMayChange(tx, recording, userId)
        if (recording.stopped_at === null) throw recordingGoesOn()
        if (!(await removeRecording(tx, recordingId, kv))) throw recordingNotFound()
      })
      events.recordingDeleted({ recordingId, userId })
      return { message: 'This recording is deleted.' }
    },
)
