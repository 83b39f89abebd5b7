import assert from 'node:assert/strict'
import { messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import type { FanOut } from '../src/fan-out/fan-out.ts'
import { appendEvents } from '../src/log/append-events.ts'
import { lockHeads } from '../src/stores/conversation-log.ts'
import { type Chat, call, type Person } from './test-chat.ts'

/** Sends a text over REST. */
export async function send(chat: Pick<Chat, 'address'>, { token }: Person, conversationId: string, content = 'hello') {
  const body = { conversation_id: conversationId, content, message_type: 'text' } as const
  const { status, data, error } = await call(chat, messages.send, { token, body })
  assert.equal(status, 201, JSON.stringify(error))
  return data
}

type Texts = { conversationId: string; texts: readonly string[] }

/** Commits texts in one transaction; answers the last seq. */
export async function sendAtOnce(
  { context: { sql, fanOut } }: Pick<Chat, 'context'>,
  { userId }: Pick<Person, 'userId'>,
  { conversationId, texts }: Texts,
  tell: Pick<FanOut, 'publish'> = fanOut,
): Promise<number> {
  return sql.transaction(async (tx) => {
    const [head] = await lockHeads(tx, [conversationId])
    assert.ok(head)
    const data = { message_type: 'text', is_encrypted: false, metadata: {} }
    const drafts = texts.map((content) => {
      return { kind: 'message.created', actor_id: userId, message_id: newId(), content, data } as const
    })
    const events = await appendEvents(tx, { head, drafts, fanOut: tell })
    return events.at(-1)?.seq ?? 0
  })
}

/** Commits texts that nobody is told of: what a process leaves that dies right after its commit. */
export function sendSilently(
  chat: Pick<Chat, 'context'>,
  person: Pick<Person, 'userId'>,
  sent: Texts,
): Promise<number> {
  return sendAtOnce(chat, person, sent, { publish: () => undefined })
}

export const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
