import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { Seq } from './messages.ts'

export const PollType = Type.Union([Type.Literal('single'), Type.Literal('multi')])

const { question, options, optionCharacters } = limits.poll
const someWords = '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$'

export const CreatePoll = Strict({
  conversation_id: Uuid,
  question: Type.String({ minLength: 1, maxLength: question, pattern: someWords }),
  options: Type.Array(Type.String({ minLength: 1, maxLength: optionCharacters, pattern: someWords }), {
    minItems: options.min,
    maxItems: options.max,
    description: 'No two of them the same',
  }),
  poll_type: PollType,
  allow_vote_change: Type.Boolean(),
  expires_at: Type.Optional(Timestamp),
})
export type CreatePoll = Static<typeof CreatePoll>

export const PollOption = Type.Object({ option_id: Uuid, text: Type.String() })
export type PollOption = Static<typeof PollOption>

/** A poll and what came of it so far; who voted for what only the voters know. */
export const Poll = Type.Object({
  poll_id: Uuid,
  conversation_id: Uuid,
  seq: Seq,
  created_by: Uuid,
  question: Type.String(),
  options: Type.Array(Type.Object({ ...PollOption.properties, vote_count: Type.Integer() })),
  poll_type: PollType,
  allow_vote_change: Type.Boolean(),
  voter_count: Type.Integer(),
  own_option_ids: Type.Array(Uuid, { description: 'What the one who asks voted for' }),
  status: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  expires_at: Nullable(Timestamp),
  closed_at: Nullable(Timestamp),
  created_at: Timestamp,
})
export type Poll = Static<typeof Poll>

export const Vote = Strict({
  poll_id: Uuid,
  option_ids: Type.Array(Uuid, {
    maxItems: options.max,
    uniqueItems: true,
    description: 'All that one votes for; none takes a vote back',
  }),
})
export type Vote = Static<typeof Vote>

const ofUser = { caller: 'user' } as const
const aPoll = { ...ofUser, params: Strict({ poll_id: Uuid }) } as const

export const polls = operations('chat-service', {
  create: {
    name: 'chat.poll.create',
    summary: 'Ask the members of a conversation to vote; with the same Idempotency-Key again, the poll that was made',
    method: 'POST',
    path: '/v1/polls',
    rate: 'messages',
    body: CreatePoll,
    answer: { 201: Poll },
    errors: [
      'CONVERSATION_NOT_FOUND',
      'NOT_FOUND',
      'BLOCKED',
      'LIMIT_REACHED',
      'E2EE_REQUIRED',
      'IDEMPOTENCY_MISMATCH',
    ],
    audit: { resource: 'conversation', action: 'poll' },
    ...ofUser,
  },
  list: {
    name: 'chat.poll.list',
    summary: 'The polls of a conversation, the newest first',
    method: 'GET',
    path: '/v1/polls',
    query: Strict({ conversation_id: Uuid, ...pageQuery }),
    answer: { 200: Page('polls', Poll) },
    errors: ['CONVERSATION_NOT_FOUND', 'INVALID_CURSOR'],
    audit: { resource: 'conversation', action: 'read' },
    ...ofUser,
  },
  listActive: {
    name: 'chat.poll.active',
    summary: 'The open polls of a conversation, the newest first',
    method: 'GET',
    path: '/v1/polls/active',
    query: Strict({ conversation_id: Uuid, ...pageQuery }),
    answer: { 200: Page('polls', Poll) },
    errors: ['CONVERSATION_NOT_FOUND', 'INVALID_CURSOR'],
    audit: { resource: 'conversation', action: 'read' },
    ...ofUser,
  },
  get: {
    name: 'chat.poll.get',
    summary: 'One poll as it stands',
    method: 'GET',
    path: '/v1/polls/:poll_id',
    answer: { 200: Poll },
    errors: ['NOT_FOUND'],
    audit: { resource: 'poll', action: 'read' },
    ...aPoll,
  },
  vote: {
    name: 'chat.poll.vote',
    summary: 'Vote, or where that may be changed, vote otherwise; the same again is no fault while the poll is open',
    method: 'POST',
    path: '/v1/polls/vote',
    rate: 'messages',
    body: Vote,
    answer: { 200: Poll },
    errors: ['NOT_FOUND', 'POLL_CLOSED', 'CONFLICT', 'BLOCKED', 'E2EE_REQUIRED'],
    audit: { resource: 'poll', action: 'vote' },
    ...ofUser,
  },
  close: {
    name: 'chat.poll.close',
    summary: 'End a poll, as who made it, or as owner or admin of the group; what is closed stays so',
    method: 'POST',
    path: '/v1/polls/close',
    rate: 'messages',
    body: Strict({ poll_id: Uuid }),
    answer: { 200: Poll },
    errors: ['NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'poll', action: 'close' },
    ...ofUser,
  },
  delete: {
    name: 'chat.poll.delete',
    summary: 'Remove a poll with its question and votes, as who made it, or as owner or admin of the group',
    method: 'DELETE',
    path: '/v1/polls/:poll_id',
    rate: 'messages',
    answer: { 200: Confirmation },
    errors: ['NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'poll', action: 'delete' },
    ...aPoll,
  },
})
