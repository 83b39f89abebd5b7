import { callRecordings } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { type Recording, recordCall } from '../calls/record-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const startCallRecording = route(
  callRecordings.start,
  (context: Recording) =>
    async ({ params: { call_id: callId }, caller: { userId } }) =>
      toCallFor(await recordCall(context, { callId, userId }), userId),
)
