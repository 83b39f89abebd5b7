import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { call, createPerson, startChat } from './test-chat.ts'

for (const engine of ['pglite', 'postgres'] as const) {
  test(`the service starts on ${engine} and knows who calls`, async (t) => {
    const chat = await startChat(t, engine)
    const { token } = await createPerson(chat)
    const query = { conversation_id: newId() }
    const known = await call(chat, messages.list, { token, query })
    assert.deepEqual([known.status, known.code], [404, 'CONVERSATION_NOT_FOUND'])
    const unknown = await call(chat, messages.list, { query })
    assert.deepEqual([unknown.status, unknown.code], [401, 'UNAUTHORIZED'])
  })
}
