import { callRecordings, type Operation, type SignalingReply } from '@secureconnect/protocol'
import { likeOperation } from '@secureconnect/service'
import { recordCall, stopRecordingCall } from '../calls/record-call.ts'
import type { Context } from '../context.ts'
import { type Input, request } from './request.ts'

type Type = 'recording.start' | 'recording.stop'
type Place = { callId: string; userId: string }

/** What hosts ask of being recorded in the call that they are in: as over REST. */
export function createRecordingRequests(context: Context) {
  function recording<T extends Type>(type: T, operation: Operation, act: (place: Place) => Promise<unknown>) {
    const handle = likeOperation(context, operation, async ({ connection }: Input<T>) => {
      const { room, participant } = context.rooms.seats.get(connection)
      await act({ callId: room.callId, userId: participant.userId })
      return {} as SignalingReply<T>
    })
    return request(type, handle)
  }

  return {
    'recording.start': recording('recording.start', callRecordings.start, (place) => recordCall(context, place)),
    'recording.stop': recording('recording.stop', callRecordings.stop, (place) => stopRecordingCall(context, place)),
  }
}
