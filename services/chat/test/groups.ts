import assert from 'node:assert/strict'
import { conversations } from '@secureconnect/protocol'
import { type Chat, call, type Person } from './test-chat.ts'

/** A group of the owner's with these people in it. */
export async function createGroup(
  chat: Chat,
  owner: Person,
  people: readonly Person[] = [],
  more: { title?: string; is_e2ee_enabled?: boolean } = {},
): Promise<string> {
  const participant_ids = people.map(({ userId }) => userId)
  const body = { type: 'group', participant_ids, ...more } as const
  const { status, data, error } = await call(chat, conversations.create, { token: owner.token, body })
  assert.equal(status, 201, JSON.stringify(error))
  return data.conversation_id
}

/** The conversation of two people. */
export async function createDirect(chat: Chat, caller: Person, peer: Person): Promise<string> {
  const body = { type: 'direct', participant_ids: [peer.userId] } as const
  const { status, data, error } = await call(chat, conversations.create, { token: caller.token, body })
  assert.ok(status === 200 || status === 201, JSON.stringify(error))
  return data.conversation_id
}
