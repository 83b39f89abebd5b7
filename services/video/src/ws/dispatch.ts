import { calls, type SignalingRequestType } from '@secureconnect/protocol'
import { type FrameHandler, likeOperation } from '@secureconnect/service'
import { leaveCall } from '../calls/leave-call.ts'
import type { Context } from '../context.ts'
import { createConsumerRequests } from './consumer-requests.ts'
import { createDataRequests } from './data-requests.ts'
import { join } from './join.ts'
import { createKeyRequests } from './key-requests.ts'
import { createModerationRequests } from './moderation-requests.ts'
import { createProducerRequests } from './producer-requests.ts'
import { createRecordingRequests } from './recording-requests.ts'
import { type Input, request } from './request.ts'
import { createTransportRequests } from './transport-requests.ts'

/** A frame without a handler, or a handler without a frame, does not compile. */
type Handlers = { readonly [T in SignalingRequestType]: FrameHandler }

/** What each request of the signalling socket does. */
export function createHandlers(context: Context): Handlers {
  const { rooms, events } = context
  const leave = async ({ caller: { userId }, connection }: Input<'leave'>) => {
    const { callId } = rooms.seats.getRoom(connection)
    rooms.hear(await leaveCall(context, { callId, userId }))
    events.callActed({ action: 'leave', callId, userId })
    return {}
  }
  return {
    join: request('join', (input) => join(context, input)),
    leave: request('leave', likeOperation(context, calls.leave, leave)),
    ...createDataRequests(context),
    ...createTransportRequests(context),
    ...createProducerRequests(context),
    ...createConsumerRequests(context),
    ...createKeyRequests(context),
    ...createModerationRequests(context),
    ...createRecordingRequests(context),
  }
}
