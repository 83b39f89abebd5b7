import { type TProperties, Type } from 'typebox'
import { Strict, Uuid } from '../fields.ts'
import { moderationFields } from '../operations/call-moderation.ts'
import { RequestId } from '../sockets.ts'

function Moderation<const T extends string, const P extends TProperties>(type: T, fields: P) {
  return { frame: Strict({ type: Type.Literal(type), id: RequestId, ...fields }), reply: Type.Object({}) }
}

/** What moderators ask of the call that they are in, and how somebody asks to be heard. */
export const moderationRequests = {
  'hand.raise': Moderation('hand.raise', moderationFields.raiseHand),
  'moderate.mute': Moderation('moderate.mute', moderationFields.mute),
  'moderate.stop_video': Moderation('moderate.stop_video', moderationFields.stopVideo),
  'moderate.kick': Moderation('moderate.kick', moderationFields.kick),
  'moderate.unban': Moderation('moderate.unban', moderationFields.unban),
  'moderate.set_role': Moderation('moderate.set_role', { user_id: Uuid, ...moderationFields.setRole }),
  'moderate.lobby': Moderation('moderate.lobby', moderationFields.lobby),
  'moderate.admit': Moderation('moderate.admit', moderationFields.admit),
  'moderate.deny': Moderation('moderate.deny', moderationFields.deny),
  'moderate.lock': Moderation('moderate.lock', moderationFields.lock),
  'moderate.end': Moderation('moderate.end', {}),
} as const
