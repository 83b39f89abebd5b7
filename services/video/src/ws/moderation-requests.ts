import { endCall } from '../calls/leave-call.ts'
import { type Moderating, moderators, raiseHandInCall } from '../calls/moderate-call.ts'
import type { Seat } from '../media/rooms.ts'
import { seatedRequest } from './request.ts'

const placeOf = ({ room: { callId }, participant: { userId } }: Seat) => ({ callId, userId })

/** What moderators ask of the call that they are in, and how somebody asks to be heard. */
export function createModerationRequests(context: Moderating) {
  return {
    'hand.raise': seatedRequest(context, 'hand.raise', async (seat, { is_raised = true }) => {
      await raiseHandInCall(context, placeOf(seat), is_raised)
      return {}
    }),
    'moderate.mute': seatedRequest(context, 'moderate.mute', async (seat, frame) => {
      await moderators.mute(context, placeOf(seat), frame)
      return {}
    }),
    'moderate.stop_video': seatedRequest(context, 'moderate.stop_video', async (seat, frame) => {
      await moderators.stopVideo(context, placeOf(seat), frame)
      return {}
    }),
    'moderate.kick': seatedRequest(context, 'moderate.kick', async (seat, frame) => {
      await moderators.kick(context, placeOf(seat), frame)
      return {}
    }),
    'moderate.lock': seatedRequest(context, 'moderate.lock', async (seat, frame) => {
      await moderators.lock(context, placeOf(seat), frame)
      return {}
    }),
    'moderate.end': seatedRequest(context, 'moderate.end', async (seat) => {
      const place = placeOf(seat)
      seat.room.apply(await endCall(context, place))
      context.events.callActed({ action: 'end', ...place })
      return {}
    }),
  }
}
