import { Type } from 'typebox'
import { CallRecording } from '../call.ts'
import { Nullable, Strict } from '../fields.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'

function Request<const T extends string>(type: T) {
  return { frame: Strict({ type: Type.Literal(type), id: RequestId }), reply: Type.Object({}) }
}

/** What hosts ask of the call that they are in. */
export const recordingRequests = {
  'recording.start': Request('recording.start'),
  'recording.stop': Request('recording.stop'),
} as const

/** To everybody, whenever it changes; whoever comes later finds it in the call. */
export const RecordingStateFrame = Push('recording.state', {
  recording: Nullable(CallRecording, { description: 'Null as soon as nothing is recorded any more' }),
})
