import { type Static, Type } from 'typebox'
import { SearchText, Strict, Timestamp, Uuid } from '../fields.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { Message } from './messages.ts'

const Highlight = Type.Object(
  { start: Type.Integer(), end: Type.Integer() },
  { description: 'A part of the content that was found, in UTF-16 code units as JavaScript counts them' },
)

/** A message that was found, as it is now, and where in it. */
export const SearchHit = Type.Object({ message: Message, highlights: Type.Array(Highlight) })
export type SearchHit = Static<typeof SearchHit>

export const search = operations('chat-service', {
  searchMessages: {
    name: 'chat.message.search',
    summary: 'Find messages that hold all these words, newest first, in one conversation or in all of one’s own',
    method: 'GET',
    path: '/v1/messages/search',
    caller: 'user',
    rate: 'search',
    query: Strict({
      q: Type.String({
        ...SearchText,
        description: 'Words, and phrases in quotes; case and accents do not matter, the last word may be unfinished',
      }),
      conversation_id: Type.Optional(Uuid),
      sender_id: Type.Optional(Uuid),
      from: Type.Optional(Timestamp),
      to: Type.Optional(Timestamp),
      has_files: Type.Optional(Type.Boolean()),
      ...pageQuery,
    }),
    answer: {
      200: Type.Object({
        ...Page('hits', SearchHit).properties,
        encrypted_excluded: Type.Integer({
          description: 'Conversations that were not searched, because they are encrypted',
        }),
        index_lag_events: Type.Integer({
          description: 'What happened in the searched conversations and cannot be found yet',
        }),
      }),
    },
    errors: ['INVALID_CURSOR', 'CONVERSATION_NOT_FOUND', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'conversation', action: 'search' },
  },
})
