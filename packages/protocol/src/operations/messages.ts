import { type Static, Type } from 'typebox'
import { Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { pageQuery } from '../paging.ts'
import { Reaction } from './reactions.ts'

/** A place in a conversation: the number of an event. */
export const Seq = Type.Integer({ minimum: 0, maximum: 2 ** 40 - 1 })

/** Which keys of an encrypted conversation are meant: each commit begins the next epoch. */
export const GroupEpoch = Type.Integer({ minimum: 0, maximum: 2 ** 40 - 1 })

/** What a person may say a message is; `system` is for the service's own. */
export const SentMessageType = Type.Union([
  Type.Literal('text'),
  Type.Literal('image'),
  Type.Literal('video'),
  Type.Literal('audio'),
  Type.Literal('file'),
])
export const MessageType = Type.Union([...SentMessageType.anyOf, Type.Literal('system')])
export type MessageType = Static<typeof MessageType>

const { keys, keyBytes, valueBytes } = limits.metadata

/** Small facts that clients add for each other; their sizes in bytes are checked beyond the schema. */
export const Metadata = Type.Record(
  Type.String({ pattern: `^[\\s\\S]{1,${keyBytes}}$` }),
  Type.Union([Type.String({ maxLength: valueBytes }), Type.Number(), Type.Boolean()]),
  {
    maxProperties: keys,
    additionalProperties: false,
    description: `Up to ${keys} keys of ${keyBytes} bytes with values of ${valueBytes}`,
  },
)
export type Metadata = Static<typeof Metadata>

export const ClientId = Type.String({
  minLength: limits.clientIdCharacters.min,
  maxLength: limits.clientIdCharacters.max,
  pattern: '^[A-Za-z0-9_.:-]+$',
  description: 'Made by the client, once for each message: sending it again makes no second one',
})

/** Longer than plain text may be, for encrypted ones; each kind has its own limit beyond the schema. */
const Content = Type.String({ minLength: 1, maxLength: limits.encryptedCharacters })

const fileIds = Type.Array(Uuid, { maxItems: limits.filesPerMessage, uniqueItems: true })
const mentions = Type.Array(Uuid, { maxItems: limits.mentionsPerMessage, uniqueItems: true })

export const Message = Type.Object({
  message_id: Uuid,
  conversation_id: Uuid,
  seq: Seq,
  /** How many messages of people there were with this one: what is unread is a difference of two. */
  number: Seq,
  sender_id: Uuid,
  client_id: Type.Optional(ClientId),
  message_type: MessageType,
  content: Nullable(Type.String({ description: 'null once it is deleted or has expired' })),
  is_encrypted: Type.Boolean(),
  group_epoch: Type.Optional(Type.Integer({ description: 'Of an encrypted message: whose keys it needs' })),
  metadata: Metadata,
  reply_to: Nullable(Uuid),
  forwarded_from: Nullable(Uuid),
  mentions: Type.Array(Uuid),
  mentions_all: Type.Boolean({ description: 'Whether it is meant for everybody here' }),
  file_ids: Type.Array(Uuid),
  reactions: Type.Optional(
    Type.Array(Reaction, {
      description: 'Not in hits, reports and lists of conversations; what follows an event changes them',
    }),
  ),
  created_at: Timestamp,
  edited_at: Nullable(Timestamp),
  deleted_at: Nullable(Timestamp),
  deletion_reason: Nullable(
    Type.Union([Type.Literal('author'), Type.Literal('moderator'), Type.Literal('expired'), Type.Literal('erased')]),
  ),
  expires_at: Nullable(Timestamp),
})
export type Message = Static<typeof Message>
export type DeletionReason = NonNullable<Message['deletion_reason']>

/** What a new message is made of, over REST and the socket alike. */
export const SendMessage = Strict({
  conversation_id: Uuid,
  client_id: Type.Optional(ClientId),
  content: Content,
  message_type: SentMessageType,
  is_encrypted: Type.Optional(Type.Boolean()),
  group_epoch: Type.Optional(GroupEpoch),
  metadata: Type.Optional(Metadata),
  reply_to: Type.Optional(Uuid),
  mentions: Type.Optional(mentions),
  mentions_all: Type.Optional(Type.Boolean({ description: 'For owners and admins of groups' })),
  file_ids: Type.Optional(fileIds),
  expires_in_seconds: Type.Optional(
    Type.Integer({ minimum: limits.messageTtlSeconds.min, maximum: limits.messageTtlSeconds.max }),
  ),
})
export type SendMessage = Static<typeof SendMessage>

export const EditMessage = Strict({
  content: Content,
  metadata: Type.Optional(Metadata),
  group_epoch: Type.Optional(GroupEpoch),
})
export type EditMessage = Static<typeof EditMessage>

export const MessageVersion = Type.Object({
  content: Nullable(Type.String()),
  metadata: Metadata,
  created_at: Timestamp,
})
export type MessageVersion = Static<typeof MessageVersion>

export const ReadConversation = Strict({
  conversation_id: Uuid,
  last_message_id: Type.Optional(Uuid),
  seq: Type.Optional(Seq),
})

/** How far somebody has read, and what that leaves. */
export const ReadState = Type.Object({ conversation_id: Uuid, read_seq: Seq, unread_count: Type.Integer() })
export type ReadState = Static<typeof ReadState>

/** What sending can be refused for, whether it is new or forwarded. */
const sendErrors = [
  'CONVERSATION_NOT_FOUND',
  'USER_NOT_FOUND',
  'MESSAGE_NOT_FOUND',
  'FILE_NOT_FOUND',
  'BLOCKED',
  'E2EE_REQUIRED',
  'IDEMPOTENCY_MISMATCH',
  'CAPACITY',
  'HISTORY_UNAVAILABLE',
] as const

const aMessage = { caller: 'user', params: Strict({ message_id: Uuid }) } as const

export const messages = operations('chat-service', {
  send: {
    name: 'chat.message.send',
    summary: 'Send a message; with the same client_id (or Idempotency-Key) again, the one that was sent',
    method: 'POST',
    path: '/v1/messages',
    caller: 'user',
    rate: 'messages',
    priority: 'critical',
    bodyLimit: limits.messageBodyBytes,
    body: SendMessage,
    answer: { 201: Message },
    errors: [...sendErrors, 'FORBIDDEN', 'EPOCH_CONFLICT'],
    audit: { resource: 'conversation', action: 'send' },
  },
  list: {
    name: 'chat.message.list',
    summary: 'A page of a conversation, newest first: the newest, those before or after a seq, or around one',
    method: 'GET',
    path: '/v1/messages',
    caller: 'user',
    query: Strict({
      conversation_id: Uuid,
      ...pageQuery,
      page_state: Type.Optional(Type.String({ minLength: 1, maxLength: limits.cursorCharacters })),
      before_seq: Type.Optional(Seq),
      after_seq: Type.Optional(Seq),
      around_seq: Type.Optional(Seq),
    }),
    answer: {
      200: Type.Object({
        messages: Type.Array(Message),
        next_cursor: Nullable(Type.String()),
        next_page_state: Nullable(Type.String({ description: 'next_cursor by its earlier name' })),
        has_more: Type.Boolean(),
      }),
    },
    errors: ['INVALID_CURSOR', 'CONVERSATION_NOT_FOUND', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'conversation', action: 'read' },
  },
  get: {
    name: 'chat.message.get',
    summary: 'One message as it is now',
    method: 'GET',
    path: '/v1/messages/:message_id',
    answer: { 200: Message },
    errors: ['MESSAGE_NOT_FOUND', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'message', action: 'read' },
    ...aMessage,
  },
  edit: {
    name: 'chat.message.edit',
    summary: 'Change the text of an own message, within a day',
    method: 'PATCH',
    path: '/v1/messages/:message_id',
    rate: 'messages',
    bodyLimit: limits.messageBodyBytes,
    body: EditMessage,
    answer: { 200: Message },
    errors: [
      'MESSAGE_NOT_FOUND',
      'FORBIDDEN',
      'BLOCKED',
      'CONFLICT',
      'LIMIT_REACHED',
      'E2EE_REQUIRED',
      'EPOCH_CONFLICT',
      'HISTORY_UNAVAILABLE',
    ],
    audit: { resource: 'message', action: 'edit' },
    ...aMessage,
  },
  delete: {
    name: 'chat.message.delete',
    summary: 'Delete an own message, or as owner or admin of a group any; what stays is that there was one',
    method: 'DELETE',
    path: '/v1/messages/:message_id',
    rate: 'messages',
    answer: { 200: Message },
    errors: ['MESSAGE_NOT_FOUND', 'FORBIDDEN', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'message', action: 'delete' },
    ...aMessage,
  },
  history: {
    name: 'chat.message.history',
    summary: 'All texts a message has had, oldest first; none once it is deleted',
    method: 'GET',
    path: '/v1/messages/:message_id/history',
    answer: { 200: Type.Object({ versions: Type.Array(MessageVersion) }) },
    errors: ['MESSAGE_NOT_FOUND', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'message', action: 'read' },
    ...aMessage,
  },
  read: {
    name: 'chat.message.read',
    summary: 'Say how far one has read; never moves back, whichever device says so',
    method: 'POST',
    path: '/v1/messages/read',
    caller: 'user',
    body: ReadConversation,
    answer: { 200: ReadState },
    errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'conversation', action: 'read' },
  },
  forward: {
    name: 'chat.message.forward',
    summary: 'Send a message that one may read to another conversation',
    method: 'POST',
    path: '/v1/messages/forward',
    caller: 'user',
    rate: 'messages',
    body: Strict({ message_id: Uuid, conversation_id: Uuid, client_id: Type.Optional(ClientId) }),
    answer: { 201: Message },
    errors: [...sendErrors, 'CONFLICT'],
    audit: { resource: 'conversation', action: 'send' },
  },
})
