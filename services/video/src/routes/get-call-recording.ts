import { callRecordings } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { getRecording } from '../recording/find-recording.ts'
import { signDownloads } from '../recording/sign-downloads.ts'

export const getCallRecording = route(
  callRecordings.get,
  (context: Pick<Context, 'sql' | 'blobs' | 'config' | 'events'>) =>
    async ({ params: { call_id: callId, recording_id: recordingId }, caller: { userId } }) => {
      const row = await getRecording(context.sql, { callId, recordingId, userId })
      const downloads = await signDownloads(context, row)
      context.events.recordingDownloaded({ recordingId, userId })
      return downloads
    },
)
