import { type Static, Type } from 'typebox'
import { Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { Presence, ShownStatus, Typing } from '../operations/presence.ts'
import { RequestId } from '../sockets.ts'

export const peopleRequests = {
  typing: {
    frame: Strict({ type: Type.Literal('typing'), ...Typing.properties }),
    reply: undefined,
  },
  'presence.set': {
    frame: Strict({ type: Type.Literal('presence.set'), id: RequestId, status: ShownStatus }),
    reply: Presence,
  },
  'presence.watch': {
    frame: Strict({
      type: Type.Literal('presence.watch'),
      id: RequestId,
      user_ids: Type.Array(Uuid, { maxItems: limits.watchedPeople, uniqueItems: true }),
    }),
    reply: Type.Object({ presence: Type.Array(Presence) }),
  },
} as const

export const TypingFrame = Type.Object({
  type: Type.Literal('typing'),
  conversation_id: Uuid,
  user_id: Uuid,
  is_typing: Type.Boolean(),
})
export type TypingFrame = Static<typeof TypingFrame>
export const PresenceFrame = Type.Object({ type: Type.Literal('presence'), presence: Type.Array(Presence) })
export type PresenceFrame = Static<typeof PresenceFrame>
