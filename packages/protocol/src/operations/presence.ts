import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'

/** What somebody shows himself as. */
export const ShownStatus = Type.Union([
  Type.Literal('online'),
  Type.Literal('away'),
  Type.Literal('busy'),
  Type.Literal('offline'),
])
export type ShownStatus = Static<typeof ShownStatus>

export const Presence = Type.Object({
  user_id: Uuid,
  status: Type.Union([...ShownStatus.anyOf, Type.Literal('unknown')], {
    description: '"unknown" where nobody can tell now',
  }),
  last_seen_at: Nullable(Timestamp),
})
export type Presence = Static<typeof Presence>

export const Typing = Strict({ conversation_id: Uuid, is_typing: Type.Boolean() })

export const presence = operations('chat-service', {
  set: {
    name: 'chat.presence.set',
    summary: 'Say that one is there; holds for a minute, and for as long as a socket is open',
    method: 'POST',
    path: '/v1/presence',
    caller: 'user',
    priority: 'droppable',
    body: Strict({ status: Type.Optional(ShownStatus), online: Type.Optional(Type.Boolean()) }),
    answer: { 200: Presence },
  },
  list: {
    name: 'chat.presence.list',
    summary: 'Whether people are there; of those who blocked one another, "offline"',
    method: 'GET',
    path: '/v1/presence',
    caller: 'user',
    priority: 'droppable',
    query: Strict({
      user_ids: Type.String({
        pattern: `^[0-9a-f-]{36}(,[0-9a-f-]{36}){0,${limits.watchedPeople - 1}}$`,
        description: `Up to ${limits.watchedPeople}, separated by commas`,
      }),
    }),
    answer: { 200: Type.Object({ presence: Type.Array(Presence) }) },
  },
  type: {
    name: 'chat.typing',
    summary: 'Say that one is typing; ends by itself after 6 seconds',
    method: 'POST',
    path: '/v1/typing',
    caller: 'user',
    priority: 'droppable',
    body: Typing,
    answer: { 200: Confirmation },
    errors: ['CONVERSATION_NOT_FOUND'],
    audit: { resource: 'conversation', action: 'type' },
  },
})
