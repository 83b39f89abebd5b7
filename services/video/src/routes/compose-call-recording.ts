import { callRecordings } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { toComposite } from '../composite/describe-composite.ts'
import type { Context } from '../context.ts'
import { nothingRecorded, recordingGoesOn } from '../errors.ts'
import { assertMayChange } from '../recording/assert-may-change.ts'
import { getRecording } from '../recording/find-recording.ts'
import { askForComposite } from '../stores/composites.ts'

export const composeCallRecording = route(
  callRecordings.compose,
  ({ sql, desk, events }: Pick<Context, 'sql' | 'desk' | 'events'>) =>
    async ({ params: { call_id: callId, recording_id: recordingId }, caller: { userId } }) => {
      const fault = await desk.program.findFault()
      const row = await sql.transaction(async (tx) => {
        const recording = await getRecording(tx, { callId, recordingId, userId })
        await assertMayChange(tx, recording, userId)
        if (recording.stopped_at === null) throw recordingGoesOn()
        if (recording.status === 'failed') throw nothingRecorded()
        if (fault) throw fault
        return askForComposite(tx, { recordingId, by: userId })
      })
      events.compositeAsked({ recordingId, userId })
      return toComposite(row)
    },
)
