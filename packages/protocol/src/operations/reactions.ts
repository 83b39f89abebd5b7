import { type Static, Type } from 'typebox'
import { Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'

/** Which texts are an emoji, no schema can say: that is checked beyond it. */
export const Emoji = Type.String({
  minLength: 1,
  maxLength: limits.emojiCharacters,
  description: 'One emoji that Unicode recommends for interchange',
})

/** What people answered to a message with one emoji. */
export const Reaction = Type.Object({
  emoji: Emoji,
  count: Type.Integer(),
  user_ids: Type.Array(Uuid, { description: `The first ${limits.reactorsShown} of them` }),
  reacted: Type.Boolean({ description: 'Whether the one who asks is among them' }),
})
export type Reaction = Static<typeof Reaction>

/** All reactions to one message, in the order in which they began. */
export const MessageReactions = Type.Object({ message_id: Uuid, reactions: Type.Array(Reaction) })
export type MessageReactions = Static<typeof MessageReactions>

const aReaction = {
  path: '/v1/messages/:message_id/reactions/:emoji',
  caller: 'user',
  rate: 'messages',
  params: Strict({ message_id: Uuid, emoji: Emoji }),
  answer: { 200: MessageReactions },
  audit: { resource: 'message', action: 'react' },
} as const

export const reactions = operations('chat-service', {
  add: {
    name: 'chat.reaction.add',
    summary: 'React to a message with an emoji; with the same again, nothing changes',
    method: 'PUT',
    errors: ['MESSAGE_NOT_FOUND', 'CONFLICT', 'LIMIT_REACHED', 'BLOCKED', 'E2EE_REQUIRED', 'HISTORY_UNAVAILABLE'],
    ...aReaction,
  },
  remove: {
    name: 'chat.reaction.remove',
    summary: 'Take a reaction back; one that is not there is no fault',
    method: 'DELETE',
    errors: ['MESSAGE_NOT_FOUND', 'E2EE_REQUIRED', 'HISTORY_UNAVAILABLE'],
    ...aReaction,
  },
  list: {
    name: 'chat.reaction.list',
    summary: 'Who reacted to a message, the earliest first; with one emoji or with any',
    method: 'GET',
    path: '/v1/messages/:message_id/reactions',
    caller: 'user',
    params: Strict({ message_id: Uuid }),
    query: Strict({ emoji: Type.Optional(Emoji), ...pageQuery }),
    answer: { 200: Page('reactions', Type.Object({ user_id: Uuid, emoji: Emoji, reacted_at: Timestamp })) },
    errors: ['MESSAGE_NOT_FOUND', 'INVALID_CURSOR', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'message', action: 'read' },
  },
})
