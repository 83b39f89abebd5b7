import { type Static, Type } from 'typebox'
import { Timestamp, Uuid } from '../fields.ts'
import { Seq } from '../operations/messages.ts'
import { callEvents } from './calls.ts'
import { commitEvents } from './commits.ts'
import { conversationEvents } from './conversations.ts'
import { messageEvents } from './messages.ts'
import { pinEvents } from './pins.ts'
import { pollEvents } from './polls.ts'
import { reactionEvents } from './reactions.ts'

/** What each kind of event tells. */
export const eventData = {
  ...messageEvents,
  ...reactionEvents,
  ...pinEvents,
  ...pollEvents,
  ...callEvents,
  ...conversationEvents,
  ...commitEvents,
} as const
export type EventKind = keyof typeof eventData

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
  ConversationEvent('reaction.added'),
  ConversationEvent('reaction.removed'),
  ConversationEvent('pin.added'),
  ConversationEvent('pin.removed'),
  ConversationEvent('poll.created'),
  ConversationEvent('poll.updated'),
  ConversationEvent('call.started'),
  ConversationEvent('call.ended'),
  ConversationEvent('member.joined'),
  ConversationEvent('member.left'),
  ConversationEvent('conversation.updated'),
  ConversationEvent('group.commit'),
])
export type EventFrame = Static<typeof EventFrame>
