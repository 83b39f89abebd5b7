import { type Static, Type } from 'typebox'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { Seq } from '../operations/messages.ts'
import { RequestId } from '../sockets.ts'
import { EventFrame } from './events.ts'

/** Where a client stands in a conversation: the last event it has. */
export const Position = Strict({ log_epoch: Type.Integer({ minimum: 0 }), seq: Seq })
export type Position = Static<typeof Position>

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

export const followingRequests = {
  subscribe: {
    frame: Strict({ type: Type.Literal('subscribe'), id: RequestId, positions: Subscriptions }),
    reply: Type.Object({
      subscribed: Type.Record(Uuid, Subscribed),
      not_found: Type.Array(Uuid, {
        description: 'Those one is no member of, and on a socket of one conversation all others',
      }),
    }),
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
} as const
