import { type BodyOf, type CallParticipant, callModeration } from '@secureconnect/protocol'
import { call, type Person, type Video } from './test-video.ts'

type Act = Exclude<keyof typeof callModeration, 'setRole'>
type At = Pick<Video, 'address'>
type Who = Pick<Person, 'token'>

/** Moderates a call over REST. */
export function moderate<A extends Act>(
  video: At,
  action: A,
  [who, callId]: [Who, string],
  body: BodyOf<(typeof callModeration)[A]>,
) {
  return call<(typeof callModeration)[A]>(video, callModeration[action], {
    token: who.token,
    params: { call_id: callId },
    body,
  })
}

/** Says what somebody else is in a call. */
export function setRole(video: At, [who, callId]: [Who, string], { userId }: Person, role: CallParticipant['role']) {
  const params = { call_id: callId, user_id: userId }
  return call(video, callModeration.setRole, { token: who.token, params, body: { role } })
}
