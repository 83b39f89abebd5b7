import { type Static, type TSchema, Type } from 'typebox'
import { Nullable, Strict, Timestamp, Uuid } from './fields.ts'
import { limits } from './limits.ts'
import { MemberRole } from './operations/conversations.ts'
import { EditMessage, Message, ReadConversation, ReadState, SendMessage, Seq } from './operations/messages.ts'
import { Presence, ShownStatus, Typing } from './operations/presence.ts'
import { RequestId } from './sockets.ts'

/** Where a client stands in a conversation: the last event it has. */
export const Position = Strict({ log_epoch: Type.Integer({ minimum: 0 }), seq: Seq })
export type Position = Static<typeof Position>

const eventKinds = [
  'message.created',
  'message.edited',
  'message.deleted',
  'member.joined',
  'member.left',
  'conversation.updated',
] as const
export type EventKind = (typeof eventKinds)[number]

/** What each kind of event tells. */
export const eventData = {
  'message.created': Message,
  'message.edited': Type.Object({
    ...Type.Pick(Message, ['message_id', 'content', 'metadata']).properties,
    target_seq: Seq,
    edited_at: Timestamp,
  }),
  'message.deleted': Type.Object({
    message_id: Uuid,
    target_seq: Seq,
    deleted_at: Timestamp,
    deletion_reason: Message.properties.deletion_reason,
  }),
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
} as const satisfies Record<EventKind, unknown>

const placeOfEvent = { conversation_id: Uuid, seq: Seq, log_epoch: Type.Integer(), created_at: Timestamp }

function ConversationEvent<K extends EventKind>(kind: K) {
  return Type.Object({
    type: Type.Literal('event'),
    ...placeOfEvent,
    kind: Type.Literal(kind),
    data: eventData[kind] as (typeof eventData)[K],
  })
}

/** One event of a conversation's log, as clients get it. */
export const EventFrame = Type.Union([
  ConversationEvent('message.created'),
  ConversationEvent('message.edited'),
  ConversationEvent('message.deleted'),
  ConversationEvent('member.joined'),
  ConversationEvent('member.left'),
  ConversationEvent('conversation.updated'),
])
export type EventFrame = Static<typeof EventFrame>

/** How a subscription to one conversation began. */
export const Subscribed = Type.Object({
  log_epoch: Type.Integer(),
  last_seq: Seq,
  recovered: Type.Boolean({ description: 'Whether every missed event came before this; never some of them' }),
})
export type Subscribed = Static<typeof Subscribed>

const Subscriptions = Type.Record(Uuid, Nullable(Position), {
  maxProperties: limits.subscriptionsPerFrame,
  // Without this, keys that are no ids would pass.
  additionalProperties: false,
})

/** What a client may ask on the chat socket, and what the reply holds. */
export const chatRequests = {
  subscribe: {
    frame: Strict({ type: Type.Literal('subscribe'), id: RequestId, positions: Subscriptions }),
    reply: Type.Object({
      subscribed: Type.Record(Uuid, Subscribed),
      not_found: Type.Array(Uuid, { description: 'Those one is no member of' }),
    }),
  },
  'message.send': {
    frame: Strict({ type: Type.Literal('message.send'), id: RequestId, ...SendMessage.properties }),
    reply: Message,
  },
  'message.edit': {
    frame: Strict({ type: Type.Literal('message.edit'), id: RequestId, message_id: Uuid, ...EditMessage.properties }),
    reply: Message,
  },
  'message.delete': {
    frame: Strict({ type: Type.Literal('message.delete'), id: RequestId, message_id: Uuid }),
    reply: Message,
  },
  'events.get': {
    frame: Strict({
      type: Type.Literal('events.get'),
      id: RequestId,
      conversation_id: Uuid,
      after_seq: Seq,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.eventsPerFrame })),
    }),
    reply: Type.Object({ events: Type.Array(EventFrame), log_epoch: Type.Integer(), last_seq: Seq }),
  },
  read: {
    frame: Strict({ type: Type.Literal('read'), id: RequestId, ...ReadConversation.properties }),
    reply: ReadState,
  },
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
export type ChatRequestType = keyof typeof chatRequests
export type ChatRequest<T extends ChatRequestType = ChatRequestType> = Static<(typeof chatRequests)[T]['frame']>
type ReplySchema<T extends ChatRequestType> = (typeof chatRequests)[T]['reply']
/** The data of a request's reply; undefined where there is none. */
export type ChatReply<T extends ChatRequestType> = ReplySchema<T> extends TSchema ? Static<ReplySchema<T>> : undefined

export const TypingFrame = Type.Object({
  type: Type.Literal('typing'),
  conversation_id: Uuid,
  user_id: Uuid,
  is_typing: Type.Boolean(),
})
export type TypingFrame = Static<typeof TypingFrame>
export const ReceiptFrame = Type.Object({
  type: Type.Literal('receipt'),
  conversation_id: Uuid,
  user_id: Uuid,
  read_seq: Seq,
})
export type ReceiptFrame = Static<typeof ReceiptFrame>
export const PresenceFrame = Type.Object({ type: Type.Literal('presence'), presence: Type.Array(Presence) })
export type PresenceFrame = Static<typeof PresenceFrame>
export const ConversationAddedFrame = Type.Object({ type: Type.Literal('conversation.added'), conversation_id: Uuid })
export const ConversationRemovedFrame = Type.Object({
  type: Type.Literal('conversation.removed'),
  conversation_id: Uuid,
})

/** What is told to all sockets of one person, wherever they are. */
export const UserFrame = Type.Union([ConversationAddedFrame, ConversationRemovedFrame])
export type UserFrame = Static<typeof UserFrame>

/** What the server may send on the chat socket beside the common frames. */
export const ChatServerFrame = Type.Union([
  ...EventFrame.anyOf,
  TypingFrame,
  ReceiptFrame,
  PresenceFrame,
  ...UserFrame.anyOf,
])
export type ChatServerFrame = Static<typeof ChatServerFrame>
