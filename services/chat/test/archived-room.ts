import assert from 'node:assert/strict'
import { messages } from '@secureconnect/protocol'
import { type Chat, call, type Person } from './test-chat.ts'

/** A conversation whose messages go to an archive, and somebody in it. */
export type Room = { chat: Chat; person: Person; conversationId: string }

export async function send(
  { chat, person, conversationId }: Room,
  content: string,
  reply_to?: string,
): Promise<string> {
  const text = { conversation_id: conversationId, content, message_type: 'text' } as const
  const body = { ...text, ...(reply_to !== undefined && { reply_to }) }
  const { status, data, error } = await call(chat, messages.send, { token: person.token, body })
  assert.equal(status, 201, JSON.stringify(error))
  return data.message_id
}

export function list({ chat, person, conversationId }: Room, query: { before_seq?: number; limit?: number } = {}) {
  return call(chat, messages.list, { token: person.token, query: { conversation_id: conversationId, ...query } })
}

/** As if a day had gone by and a thousand events more had come. */
export async function forgetLog({ chat, conversationId }: Room): Promise<void> {
  const { sql } = chat.context
  await sql.execute`update archive_state set log_start = archived_seq where conversation_id = ${conversationId}`
  await sql.execute`
    delete from conversation_log where conversation_id = ${conversationId}
      and seq <= (select log_start from archive_state where conversation_id = ${conversationId})`
}

export async function isArchived({ chat, conversationId }: Room): Promise<boolean> {
  const rows = await chat.context.sql.execute`
    select 1 from archive_state join conversations using (conversation_id)
    where conversation_id = ${conversationId} and archived_seq = last_seq`
  return rows === 1
}
