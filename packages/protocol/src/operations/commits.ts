import { type Static, Type } from 'typebox'
import { Base64, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { pageQuery } from '../paging.ts'
import { ClientId, GroupEpoch, Seq } from './messages.ts'

const sealed = Base64({ max: limits.commitBodyBytes })
const people = Type.Array(Uuid, { minItems: 1, maxItems: limits.membersPerEncryptedConversation, uniqueItems: true })
const recipients = Type.Array(Strict({ user_id: Uuid, device_id: Uuid }), {
  minItems: 1,
  maxItems: limits.membersPerEncryptedConversation * limits.encryptionDevicesPerUser,
})

/** What takes an encrypted conversation from one epoch of its keys to the next. */
export const GroupCommit = Strict({
  client_id: ClientId,
  group_epoch: GroupEpoch,
  commit: sealed,
  group_info: sealed,
  welcomes: Type.Optional(
    Type.Array(Strict({ ciphertext: sealed, to: recipients }), {
      minItems: 1,
      maxItems: limits.welcomesPerCommit,
      description: 'For devices that come in; each is left with them as a message from device to device',
    }),
  ),
  add_user_ids: Type.Optional(people),
  remove_user_ids: Type.Optional(people),
})
export type GroupCommit = Static<typeof GroupCommit>

/** Where a commit has its place. */
export const Committed = Type.Object({
  commit_id: Uuid,
  conversation_id: Uuid,
  group_epoch: Type.Integer({ description: 'The epoch that it began' }),
  seq: Seq,
  sender_id: Uuid,
  created_at: Timestamp,
})
export type Committed = Static<typeof Committed>

const ListedCommit = Type.Object({
  ...Committed.properties,
  commit: Nullable(
    Type.String({ description: `null where it has more than ${limits.inlineCommitCharacters} characters: fetch it` }),
  ),
})

/** A commit as its group's members fetch it. */
export const StoredCommit = Type.Object({
  ...Committed.properties,
  commit: Type.String(),
  group_info: Nullable(Type.String({ description: 'Of the newest commit only' })),
  welcome: Nullable(Type.String({ description: "For this sign-in's device, where it came in with this commit" })),
})
export type StoredCommit = Static<typeof StoredCommit>

const ofConversation = { caller: 'user', rate: 'keys', params: Strict({ conversation_id: Uuid }) } as const

export const commits = operations('chat-service', {
  create: {
    name: 'chat.commit.create',
    summary:
      'Begin the next epoch of an encrypted conversation, and change its members with it; one commit wins per epoch, and the same client_id gets the first answer',
    method: 'POST',
    path: '/v1/conversations/:conversation_id/commits',
    bodyLimit: limits.commitBodyBytes,
    body: GroupCommit,
    answer: { 201: Committed },
    errors: [
      'CONVERSATION_NOT_FOUND',
      'USER_NOT_FOUND',
      'NOT_FOUND',
      'FORBIDDEN',
      'BLOCKED',
      'CONFLICT',
      'EPOCH_CONFLICT',
      'LIMIT_REACHED',
      'IDEMPOTENCY_MISMATCH',
    ],
    audit: { resource: 'conversation', action: 'commit' },
    ...ofConversation,
  },
  list: {
    name: 'chat.commit.list',
    summary: `The commits after an epoch, in order; the newest ${limits.commitsPerConversation} of a month can be had`,
    method: 'GET',
    path: '/v1/conversations/:conversation_id/commits',
    query: Strict({ after_epoch: Type.Optional(GroupEpoch), limit: pageQuery.limit }),
    answer: { 200: Type.Object({ commits: Type.Array(ListedCommit), has_more: Type.Boolean() }) },
    errors: ['CONVERSATION_NOT_FOUND'],
    audit: { resource: 'conversation', action: 'read' },
    ...ofConversation,
    rate: 'default',
  },
  get: {
    name: 'chat.commit.get',
    summary: 'One commit, with the welcome that came with it',
    method: 'GET',
    path: '/v1/conversations/:conversation_id/commits/:commit_id',
    answer: { 200: StoredCommit },
    errors: ['CONVERSATION_NOT_FOUND', 'NOT_FOUND'],
    audit: { resource: 'conversation', action: 'read' },
    ...ofConversation,
    rate: 'default',
    params: Strict({ conversation_id: Uuid, commit_id: Uuid }),
  },
})
