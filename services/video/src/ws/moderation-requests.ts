import {
  callModeration,
  calls,
  type Operation,
  type SignalingReply,
  type SignalingRequestType,
} from '@secureconnect/protocol'
import { likeOperation } from '@secureconnect/service'
import { endCall } from '../calls/leave-call.ts'
import { moderators, raiseHandInCall } from '../calls/moderate-call.ts'
import type { Context } from '../context.ts'
import { type Input, request } from './request.ts'

type Place = { callId: string; userId: string }
type Type = Extract<SignalingRequestType, 'hand.raise' | `moderate.${string}`>

/** What moderators ask of the call that they are in, and how somebody asks to be heard: all of it as over REST. */
export function createModerationRequests(context: Context) {
  function moderation<T extends Type>(
    type: T,
    operation: Operation,
    act: (place: Place, frame: Input<T>['frame']) => Promise<unknown>,
  ) {
    const handle = likeOperation(context, operation, async ({ frame, connection }: Input<T>) => {
      const { room, participant } = context.rooms.seats.get(connection)
      await act({ callId: room.callId, userId: participant.userId }, frame)
      return {} as SignalingReply<T>
    })
    return request(type, handle)
  }

  return {
    'hand.raise': moderation('hand.raise', callModeration.raiseHand, (place, frame) =>
      raiseHandInCall(context, place, frame),
    ),
    'moderate.mute': moderation('moderate.mute', callModeration.mute, (place, frame) =>
      moderators.mute(context, place, frame),
    ),
    'moderate.stop_video': moderation('moderate.stop_video', callModeration.stopVideo, (place, frame) =>
      moderators.stopVideo(context, place, frame),
    ),
    'moderate.kick': moderation('moderate.kick', callModeration.kick, (place, frame) =>
      moderators.kick(context, place, frame),
    ),
    'moderate.unban': moderation('moderate.unban', callModeration.unban, (place, frame) =>
      moderators.unban(context, place, frame),
    ),
    'moderate.set_role': moderation('moderate.set_role', callModeration.setRole, (place, { user_id, role }) =>
      moderators.setRole(context, place, { userId: user_id, role }),
    ),
    'moderate.lobby': moderation('moderate.lobby', callModeration.lobby, (place, frame) =>
      moderators.lobby(context, place, frame),
    ),
    'moderate.admit': moderation('moderate.admit', callModeration.admit, (place, frame) =>
      moderators.admit(context, place, frame),
    ),
    'moderate.deny': moderation('moderate.deny', callModeration.deny, (place, frame) =>
      moderators.deny(context, place, frame),
    ),
    'moderate.lock': moderation('moderate.lock', callModeration.lock, (place, frame) =>
      moderators.lock(context, place, frame),
    ),
    'moderate.end': moderation('moderate.end', calls.end, async (place) => {
      context.rooms.hear(await endCall(context, place))
      context.events.callActed({ action: 'end', ...place })
    }),
  }
}
