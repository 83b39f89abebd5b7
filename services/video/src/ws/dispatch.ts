import type { SignalingRequestType } from '@secureconnect/protocol'
import type { FrameHandler } from '@secureconnect/service'
import { leaveCall } from '../calls/leave-call.ts'
import type { Context } from '../context.ts'
import { createConsumerRequests } from './consumer-requests.ts'
import { createDataRequests } from './data-requests.ts'
import { join } from './join.ts'
import { createModerationRequests } from './moderation-requests.ts'
import { createProducerRequests } from './producer-requests.ts'
import { createRecordingRequests } from './recording-requests.ts'
import { request } from './request.ts'
import { createTransportRequests } from './transport-requests.ts'

/** A frame without a handler, or a handler without a frame, does not compile. */
type Handlers = { readonly [T in SignalingRequestType]: FrameHandler }

/** What each request of the signalling socket does. */
export function createHandlers(context: Context): Handlers {
  return {
    join: request('join', (input) => join(context, input)),
    leave: request('leave', async ({ caller: { userId }, connection }) => {
      const room = context.rooms.getRoom(connection)
      room.apply(await leaveCall(context, { callId: room.callId, userId }))
      context.events.callActed({ action: 'leave', callId: room.callId, userId })
      return {}
    }),
    ...createDataRequests(context),
    ...createTransportRequests(context),
    ...createProducerRequests(context),
    ...createConsumerRequests(context),
    ...createModerationRequests(context),
    ...createRecordingRequests(context),
  }
}
