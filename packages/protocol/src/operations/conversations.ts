import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { Message, Seq } from './messages.ts'

export const ConversationType = Type.Union([Type.Literal('direct'), Type.Literal('group')])
export type ConversationType = Static<typeof ConversationType>
export const MemberRole = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')])
export type MemberRole = Static<typeof MemberRole>
export const HistoryRule = Type.Union([Type.Literal('all'), Type.Literal('joined')])
export const NotificationLevel = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('none')])
export type NotificationLevel = Static<typeof NotificationLevel>

const Title = Type.String({
  minLength: 1,
  maxLength: limits.titleCharacters,
  pattern: '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$',
  description: 'Not blank, no control characters',
})
const AvatarUrl = Type.String({ maxLength: limits.urlCharacters, pattern: '^https://[^\\s]+$' })

/** What every member of a conversation sees of it. */
export const Conversation = Type.Object({
  conversation_id: Uuid,
  type: ConversationType,
  title: Nullable(Type.String()),
  avatar_url: Nullable(Type.String()),
  created_by: Uuid,
  is_e2ee_enabled: Type.Boolean(),
  group_epoch: Type.Integer({ description: 'The epoch of the keys of an encrypted conversation' }),
  rekey_required: Type.Boolean({ description: 'Nothing can be sent before the next commit' }),
  message_ttl_seconds: Nullable(Type.Integer()),
  retention_days: Nullable(Type.Integer()),
  history: HistoryRule,
  log_epoch: Type.Integer(),
  last_seq: Seq,
  member_count: Type.Integer(),
  created_at: Timestamp,
  changed_at: Timestamp,
})

/** A conversation together with how it stands with whoever asks. */
export const OwnConversation = Type.Object({
  ...Conversation.properties,
  role: MemberRole,
  joined_at: Timestamp,
  visible_from: Seq,
  read_seq: Seq,
  unread_count: Type.Integer(),
  notification_level: NotificationLevel,
  notification_until: Nullable(Timestamp),
  /** The other one of a direct conversation. */
  peer_id: Nullable(Uuid),
  /** The newest that this person may see; null too where a thousand other events followed it. */
  last_message: Nullable(Message),
})
export type OwnConversation = Static<typeof OwnConversation>

export const Participant = Type.Object({
  user_id: Uuid,
  username: Nullable(Type.String({ description: 'null where the account is deleted' })),
  display_name: Nullable(Type.String()),
  avatar_url: Nullable(Type.String()),
  avatar_file_id: Nullable(Uuid),
  role: MemberRole,
  joined_at: Timestamp,
})
export type Participant = Static<typeof Participant>

const TtlSeconds = Type.Integer({ minimum: limits.messageTtlSeconds.min, maximum: limits.messageTtlSeconds.max })
const RetentionDays = Type.Integer({ minimum: limits.retentionDays.min, maximum: limits.retentionDays.max })
const people = (maxItems: number) => Type.Array(Uuid, { maxItems, uniqueItems: true })

const aConversation = { caller: 'user', rate: 'conversations', params: Strict({ conversation_id: Uuid }) } as const
const aParticipant = { ...aConversation, params: Strict({ conversation_id: Uuid, user_id: Uuid }) } as const

export const conversations = operations('chat-service', {
  create: {
    name: 'chat.conversation.create',
    summary:
      'Begin a conversation; between two people there is one, which is answered if it is there already, and so is what was made with the same Idempotency-Key',
    method: 'POST',
    path: '/v1/conversations',
    caller: 'user',
    rate: 'conversations',
    body: Strict({
      type: ConversationType,
      title: Type.Optional(Title),
      participant_ids: people(limits.participantsPerRequest),
      is_e2ee_enabled: Type.Optional(Type.Boolean()),
    }),
    answer: { 200: OwnConversation, 201: OwnConversation },
    errors: ['USER_NOT_FOUND', 'BLOCKED', 'LIMIT_REACHED', 'IDEMPOTENCY_MISMATCH'],
    audit: { resource: 'conversation', action: 'create' },
  },
  list: {
    name: 'chat.conversation.list',
    summary: "The signed-in person's conversations, the latest activity first",
    method: 'GET',
    path: '/v1/conversations',
    caller: 'user',
    rate: 'conversations',
    query: Strict(pageQuery),
    answer: { 200: Page('conversations', OwnConversation) },
    errors: ['INVALID_CURSOR'],
  },
  get: {
    name: 'chat.conversation.get',
    summary: 'One conversation',
    method: 'GET',
    path: '/v1/conversations/:conversation_id',
    answer: { 200: OwnConversation },
    errors: ['CONVERSATION_NOT_FOUND'],
    audit: { resource: 'conversation', action: 'read' },
    ...aConversation,
  },
  update: {
    name: 'chat.conversation.update',
    summary: 'Rename a group or change its picture; null takes the picture away',
    method: 'PATCH',
    path: '/v1/conversations/:conversation_id',
    body: Strict({ title: Type.Optional(Title), avatar_url: Type.Optional(Nullable(AvatarUrl)) }),
    answer: { 200: OwnConversation },
    errors: ['CONVERSATION_NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'conversation', action: 'update' },
    ...aConversation,
  },
  delete: {
    name: 'chat.conversation.delete',
    summary: 'End a group for everybody, with all that was said in it; of a direct conversation, leave it',
    method: 'DELETE',
    path: '/v1/conversations/:conversation_id',
    answer: { 200: Confirmation },
    errors: ['CONVERSATION_NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'conversation', action: 'delete' },
    ...aConversation,
  },
  updateSettings: {
    name: 'chat.conversation.settings',
    summary: 'Change encryption (which stays once it is on), how long messages live, and what newcomers see',
    method: 'PUT',
    path: '/v1/conversations/:conversation_id/settings',
    body: Strict({
      is_e2ee_enabled: Type.Optional(Type.Boolean()),
      message_ttl_seconds: Type.Optional(Nullable(TtlSeconds)),
      retention_days: Type.Optional(Nullable(RetentionDays)),
      history: Type.Optional(HistoryRule),
    }),
    answer: { 200: OwnConversation },
    errors: ['CONVERSATION_NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'LIMIT_REACHED'],
    audit: { resource: 'conversation', action: 'settings' },
    ...aConversation,
  },
  addParticipants: {
    name: 'chat.participant.add',
    summary: 'Add people to a group',
    method: 'POST',
    path: '/v1/conversations/:conversation_id/participants',
    body: Strict({
      user_ids: Type.Array(Uuid, { minItems: 1, maxItems: limits.participantsPerRequest, uniqueItems: true }),
    }),
    answer: { 201: Type.Object({ participants: Type.Array(Participant) }) },
    errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND', 'FORBIDDEN', 'BLOCKED', 'LIMIT_REACHED', 'E2EE_REQUIRED'],
    audit: { resource: 'conversation', action: 'add-participant' },
    ...aConversation,
  },
  listParticipants: {
    name: 'chat.participant.list',
    summary: 'Who is in a conversation, by when they joined',
    method: 'GET',
    path: '/v1/conversations/:conversation_id/participants',
    query: Strict(pageQuery),
    answer: { 200: Page('participants', Participant) },
    errors: ['CONVERSATION_NOT_FOUND', 'INVALID_CURSOR'],
    audit: { resource: 'conversation', action: 'read' },
    ...aConversation,
  },
  updateParticipant: {
    name: 'chat.participant.update',
    summary: 'Change a role; an owner who makes another one owner stays as admin',
    method: 'PATCH',
    path: '/v1/conversations/:conversation_id/participants/:user_id',
    body: Strict({ role: MemberRole }),
    answer: { 200: Participant },
    errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'conversation', action: 'change-role' },
    ...aParticipant,
  },
  removeParticipant: {
    name: 'chat.participant.remove',
    summary:
      'Remove somebody of a lower role, or leave; when the owner leaves, the longest-standing admin or member follows',
    method: 'DELETE',
    path: '/v1/conversations/:conversation_id/participants/:user_id',
    answer: { 200: Confirmation },
    errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND', 'FORBIDDEN', 'E2EE_REQUIRED'],
    audit: { resource: 'conversation', action: 'remove-participant' },
    ...aParticipant,
  },
  setNotifications: {
    name: 'chat.conversation.notifications',
    summary: 'What of a conversation one is notified of, for good or until some time',
    method: 'PUT',
    path: '/v1/conversations/:conversation_id/notifications',
    body: Strict({ level: NotificationLevel, until: Type.Optional(Nullable(Timestamp)) }),
    answer: { 200: OwnConversation },
    errors: ['CONVERSATION_NOT_FOUND'],
    audit: { resource: 'conversation', action: 'notifications' },
    ...aConversation,
  },
  sync: {
    name: 'chat.sync',
    summary: "What changed in one's conversations since a cursor of an earlier answer; may repeat, never misses",
    method: 'GET',
    path: '/v1/sync',
    caller: 'user',
    query: Strict({
      since: Type.Optional(Type.String({ minLength: 1, maxLength: limits.cursorCharacters })),
      limit: pageQuery.limit,
    }),
    answer: {
      200: Type.Object({
        conversations: Type.Array(OwnConversation),
        removed: Type.Array(Type.Object({ conversation_id: Uuid, left_at: Timestamp })),
        next_cursor: Type.String({ description: 'For `since` of the next request, also where there is no more' }),
        has_more: Type.Boolean(),
      }),
    },
    errors: ['INVALID_CURSOR'],
  },
})
