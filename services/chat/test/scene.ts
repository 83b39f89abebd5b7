import { conversations, type ErrorCode, messages, type Operation, polls, reports } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import type { Input, Values } from '@secureconnect/test/helpers'
import { hashProof } from '../src/keys/hash-proof.ts'
import { saveNotifications } from '../src/stores/notifications.ts'
import { createRoom } from './create-room.ts'
import { createIdentity } from './device-keys.ts'
import { createGroup } from './groups.ts'
import { type Chat, call, createPerson, type Person } from './test-chat.ts'

const { identityKey: identity_key } = createIdentity()
const backupProof = Buffer.alloc(32, 1).toString('base64')

/**
 * A group with an owner, who wrote a message and made a poll, a member, and somebody who was one; the members' sign-ins
 * are devices.
 */
export type Scene = {
  owner: Person
  member: Person
  former: Person
  newcomer: Person
  groupId: string
  /** An encrypted group of owner and member, with a commit. */
  sealedId: string
  commitId: string
  /** The owner's. */
  messageId: string
  /** The owner's. */
  notificationId: string
  pollId: string
  /** The member's. */
  answerId: string
  /** That the former member reported the owner. */
  reportId: string
}

export async function createScene(chat: Chat): Promise<Scene> {
  const [owner, member] = [await createPerson(chat), await createPerson(chat)]
  const [former, newcomer] = [await createPerson(chat), await createPerson(chat)]
  const groupId = await createGroup(chat, owner, [member, former])
  const body = { conversation_id: groupId, content: 'hello', message_type: 'text' } as const
  const { data } = await call(chat, messages.send, { token: owner.token, body })
  const asked = {
    question: 'Where?',
    options: ['here', 'there'],
    poll_type: 'single',
    allow_vote_change: true,
  } as const
  const poll = { token: owner.token, body: { conversation_id: groupId, ...asked } }
  const { poll_id: pollId } = (await call(chat, polls.create, poll)).data
  const answer = await call(chat, messages.send, { token: member.token, body })
  const reporting = { params: { user_id: owner.userId }, body: { reason: 'unkind words' } }
  const report = await call(chat, reports.reportUser, { token: former.token, ...reporting })
  const params = { conversation_id: groupId, user_id: former.userId }
  await call(chat, conversations.removeParticipant, { token: owner.token, params })
  const sealedId = await createRoom(chat, [owner, member], { isEncrypted: true })
  const commitId = newId()
  await chat.context.sql.execute`
    insert into group_commits (commit_id, conversation_id, group_epoch, seq, sender_id, client_id, body_hash, commit_message)
    values (${commitId}, ${sealedId}, 0, 1, ${owner.userId}, ${'made for a scene'}, ${Buffer.alloc(32)}, ${'AAAA'})`
  for (const { userId, sessionId } of [owner, member]) {
    await chat.context.sql.execute`
      insert into devices (user_id, device_id, session_id, name, identity_key)
      values (${userId}, ${sessionId}, ${sessionId}, ${'phone'}, ${identity_key})`
    await chat.context.sql.execute`
      insert into key_backups (user_id, version, backup, kdf, proof_hash)
      values (${userId}, 1, ${'AAAA'}, ${'slow'}, ${hashProof(backupProof)})`
  }
  const notificationId = newId()
  const added = { notification_id: notificationId, user_id: owner.userId, kind: 'group_added', actor_id: null } as const
  const about = { conversation_id: groupId, seq: 1, message_seq: null, message_id: null, poll_id: null }
  await chat.context.sql.transaction((tx) => saveNotifications(tx, [{ ...added, ...about }]))
  const ids = {
    messageId: data.message_id,
    answerId: answer.data.message_id,
    reportId: report.data.report_id,
  }
  return { owner, member, former, newcomer, groupId, sealedId, commitId, pollId, notificationId, ...ids }
}

/** Somebody whose role in the whole installation gives him nothing in other people's conversations. */
export async function createAdministrator(chat: Chat): Promise<Person> {
  const person = await createPerson(chat)
  await chat.context.sql.execute`update users set role = 'admin' where user_id = ${person.userId}`
  return { ...person, token: chat.mint(person, { role: 'admin' }) }
}

export type Fixture = {
  /** What of the input cannot be made up, because it has to be somebody's or something's. */
  input?: (scene: Scene) => Partial<Input>
  /** The answer to a member of no higher role, where it is no success. */
  member?: ErrorCode
  /** The answer to all who are not in the group, where it is not that there is no such thing. */
  outsider?: ErrorCode | 'success'
}

const forManagers = { member: 'FORBIDDEN' } as const

/** What operations need besides input that fits their schemas, and what they answer to whom. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  'chat.conversation.create': { input: () => ({ body: { type: 'group' } }), outsider: 'success' },
  'chat.conversation.list': { outsider: 'success' },
  'chat.sync': { outsider: 'success' },
  'chat.presence.set': { input: () => ({ body: { status: 'online' } }), outsider: 'success' },
  'chat.presence.list': { input: ({ owner }) => ({ query: { user_ids: owner.userId } }), outsider: 'success' },
  'chat.conversation.update': forManagers,
  'chat.conversation.delete': forManagers,
  'chat.conversation.settings': forManagers,
  'chat.participant.add': { input: ({ newcomer }) => ({ body: { user_ids: [newcomer.userId] } }), ...forManagers },
  'chat.participant.update': forManagers,
  // The member whom this is about: he leaves.
  'chat.participant.remove': {},
  'chat.notification.list': { outsider: 'success' },
  'chat.notification.count': { outsider: 'success' },
  'chat.notification.preferences': { outsider: 'success' },
  'chat.notification.preferences.update': { outsider: 'success' },
  'chat.notification.read': { member: 'NOT_FOUND', outsider: 'NOT_FOUND' },
  'chat.notification.read-all': { outsider: 'success' },
  'chat.notification.delete': { member: 'NOT_FOUND', outsider: 'NOT_FOUND' },
  'chat.push.register': { outsider: 'success' },
  'chat.push.list': { outsider: 'success' },
  'chat.push.remove': { outsider: 'success' },
  'chat.push.remove-all': { outsider: 'success' },
  'chat.push.count': { outsider: 'success' },
  'chat.push.web-app': { outsider: 'success' },
  'chat.push.test': { outsider: 'success' },
  'chat.message.read': { input: () => ({ body: { seq: 1 } }) },
  'chat.commit.create': { input: ({ sealedId }) => ({ params: { conversation_id: sealedId } }) },
  'chat.commit.list': { input: ({ sealedId }) => ({ params: { conversation_id: sealedId } }) },
  'chat.device.conversation': { input: ({ sealedId }) => ({ params: { conversation_id: sealedId } }) },
  'chat.commit.get': {
    input: ({ sealedId, commitId }) => ({ params: { conversation_id: sealedId, commit_id: commitId } }),
  },
  'chat.device.list': { outsider: 'success' },
  'chat.device.register': { outsider: 'success' },
  'chat.device.remove': {
    input: ({ owner }) => ({ params: { device_id: owner.sessionId } }),
    member: 'NOT_FOUND',
    outsider: 'NOT_FOUND',
  },
  'chat.key-backup.save': {
    input: () => ({ body: { base_version: 1, kdf: 'slow', proof: backupProof } }),
    outsider: 'CONFLICT',
  },
  'chat.key-backup.get': { outsider: 'NOT_FOUND' },
  'chat.key-backup.open': { input: () => ({ body: { proof: backupProof } }), outsider: 'NOT_FOUND' },
  'chat.key-backup.delete': { outsider: 'NOT_FOUND' },
  'chat.keys.upload': { input: () => ({ body: { identity_key } }), outsider: 'NOT_FOUND' },
  'chat.keys.rotate': { input: () => ({ body: { identity_key } }), outsider: 'NOT_FOUND' },
  'chat.keys.count': { outsider: 'NOT_FOUND' },
  'chat.keys.claim': {
    input: ({ newcomer }) => ({ body: { user_ids: [newcomer.userId] } }),
    outsider: 'success',
  },
  'chat.keys.list': { outsider: 'success' },
  'chat.poll.create': { input: () => ({ body: { options: ['here', 'there'] } }) },
  'chat.poll.close': forManagers,
  'chat.poll.delete': forManagers,
  'chat.receipt.preferences': { outsider: 'success' },
  'chat.receipt.set-preferences': { outsider: 'success' },
  'chat.message.edit': forManagers,
  'chat.message.delete': forManagers,
  'chat.message.search': { outsider: 'success' },
  'chat.report.user': { input: ({ newcomer }) => ({ params: { user_id: newcomer.userId } }), outsider: 'success' },
  // Nobody reports himself.
  'chat.report.message': {
    input: ({ answerId }) => ({ params: { message_id: answerId } }),
    member: 'VALIDATION_ERROR',
  },
}

/** What fields of these names hold, in whichever operation they stand. */
export function namedValues({ member, groupId, messageId, pollId, notificationId, reportId }: Scene): Values {
  return {
    conversation_id: groupId,
    message_id: messageId,
    poll_id: pollId,
    user_id: member.userId,
    notification_id: notificationId,
    report_id: reportId,
    emoji: '👍',
  }
}

/** What somebody is told who is not in the group: that there is no such thing. */
export function findOutsiderCode({ name, params, query, body }: Operation): ErrorCode | undefined {
  const { outsider } = fixtures[name] ?? {}
  if (outsider !== undefined) return outsider === 'success' ? undefined : outsider
  const names = [params, query, body].flatMap((part) => Object.keys(part?.properties ?? {}))
  if (names.includes('poll_id')) return 'NOT_FOUND'
  return names.includes('message_id') ? 'MESSAGE_NOT_FOUND' : 'CONVERSATION_NOT_FOUND'
}
