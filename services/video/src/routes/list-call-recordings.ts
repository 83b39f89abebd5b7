import { callRecordings } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { callNotFound } from '../errors.ts'
import { toRecording } from '../recording/describe-recording.ts'
import { findCall } from '../stores/calls.ts'
import { listComposites } from '../stores/composites.ts'
import { listRecordings } from '../stores/recordings.ts'

export const listCallRecordings = route(
  callRecordings.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      if (!(await findCall(sql, { callId, userId }))) throw callNotFound()
      const recordings = await listRecordings(sql, callId)
      const composites = new Map((await listComposites(sql, callId)).map((row) => [row.recording_id, row]))
      return { recordings: recordings.map((row) => toRecording(row, composites.get(row.recording_id))) }
    },
)
