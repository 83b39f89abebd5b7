import { Type } from 'typebox'
import { Nullable, Uuid } from '../fields.ts'
import { MemberRole } from '../operations/conversations.ts'

export const conversationEvents = {
  'member.joined': Type.Object({ user_id: Uuid, role: MemberRole, by: Nullable(Uuid) }),
  'member.left': Type.Object({
    user_id: Uuid,
    by: Nullable(Uuid),
    reason: Type.Union([Type.Literal('left'), Type.Literal('removed'), Type.Literal('erased')]),
  }),
  'conversation.updated': Type.Object({
    by: Nullable(Uuid),
    title: Type.Optional(Nullable(Type.String())),
    avatar_url: Type.Optional(Nullable(Type.String())),
    is_e2ee_enabled: Type.Optional(Type.Boolean()),
    message_ttl_seconds: Type.Optional(Nullable(Type.Integer())),
    retention_days: Type.Optional(Nullable(Type.Integer())),
    history: Type.Optional(Type.String()),
    member: Type.Optional(Type.Object({ user_id: Uuid, role: MemberRole })),
  }),
} as const

export const ConversationAddedFrame = Type.Object({ type: Type.Literal('conversation.added'), conversation_id: Uuid })
export const ConversationRemovedFrame = Type.Object({
  type: Type.Literal('conversation.removed'),
  conversation_id: Uuid,
})
