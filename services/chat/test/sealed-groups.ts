import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { commits, conversations, type GroupCommit, messages } from '@secureconnect/protocol'
import { registerDevice } from './device-keys.ts'
import { createGroup } from './groups.ts'
import { type Chat, call, type Person } from './test-chat.ts'

export const sealed = (text: string) => Buffer.from(text).toString('base64')

/** A commit as a client makes it; what is in it means nothing to the server. */
export function createCommit(group_epoch: number, more: Partial<GroupCommit> = {}): GroupCommit {
  const noise = () => randomBytes(200).toString('base64')
  return { client_id: randomUUID(), group_epoch, commit: noise(), group_info: noise(), ...more }
}

export const commit = (
  chat: Pick<Chat, 'address'>,
  { token }: Pick<Person, 'token'>,
  conversation_id: string,
  body: GroupCommit,
) => call(chat, commits.create, { token, params: { conversation_id }, body })

/** Sends an encrypted text, made with the keys of an epoch. */
export const sendSealed = (
  chat: Pick<Chat, 'address'>,
  { token }: Pick<Person, 'token'>,
  conversation_id: string,
  group_epoch: number,
) => {
  const body = { conversation_id, content: sealed('words'), message_type: 'text', is_encrypted: true } as const
  return call(chat, messages.send, { token, body: { ...body, group_epoch } })
}

export const getConversation = async (chat: Pick<Chat, 'address'>, { token }: Person, conversation_id: string) =>
  (await call(chat, conversations.get, { token, params: { conversation_id } })).data

/** An encrypted group whose members have devices, in its first epoch. */
export async function createSealedGroup(chat: Chat, owner: Person, people: readonly Person[] = []): Promise<string> {
  const id = await createGroup(chat, owner, people, { is_e2ee_enabled: true })
  await Promise.all([owner, ...people].map((one) => registerDevice(chat, one)))
  const { status, error } = await commit(chat, owner, id, createCommit(0))
  assert.equal(status, 201, JSON.stringify(error))
  return id
}
