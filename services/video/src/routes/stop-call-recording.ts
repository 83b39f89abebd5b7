import { callRecordings } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Moderating } from '../calls/moderate-call.ts'
import { stopRecordingCall } from '../calls/record-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const stopCallRecording = route(
  callRecordings.stop,
  (context: Moderating) =>
    async ({ params: { call_id: callId }, caller: { userId } }) =>
      toCallFor(await stopRecordingCall(context, { callId, userId }), userId),
)
