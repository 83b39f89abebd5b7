import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { operations } from '../operation.ts'
import { Message } from './messages.ts'

/** A message that is kept in sight of everybody in its conversation. */
export const Pin = Type.Object({
  message: Message,
  pinned_by: Nullable(Uuid),
  pinned_at: Timestamp,
})
export type Pin = Static<typeof Pin>

const aPin = {
  path: '/v1/messages/:message_id/pin',
  caller: 'user',
  rate: 'messages',
  params: Strict({ message_id: Uuid }),
  answer: { 200: Confirmation },
  audit: { resource: 'message', action: 'pin' },
} as const

export const pins = operations('chat-service', {
  add: {
    name: 'chat.pin.add',
    summary: 'Pin a message, as any member may; once it is pinned, again is no fault',
    method: 'PUT',
    errors: ['MESSAGE_NOT_FOUND', 'CONFLICT', 'LIMIT_REACHED', 'BLOCKED', 'HISTORY_UNAVAILABLE'],
    ...aPin,
  },
  remove: {
    name: 'chat.pin.remove',
    summary: 'Take a pin away, whoever set it; one that is not there is no fault',
    method: 'DELETE',
    errors: ['MESSAGE_NOT_FOUND', 'BLOCKED', 'HISTORY_UNAVAILABLE'],
    ...aPin,
  },
  list: {
    name: 'chat.pin.list',
    summary: 'The pinned messages of a conversation, the latest pin first',
    method: 'GET',
    path: '/v1/conversations/:conversation_id/pins',
    caller: 'user',
    params: Strict({ conversation_id: Uuid }),
    answer: { 200: Type.Object({ pins: Type.Array(Pin) }) },
    errors: ['CONVERSATION_NOT_FOUND', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'conversation', action: 'read' },
  },
})
