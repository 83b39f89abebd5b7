import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { call, createPerson, startChat } from './test-chat.ts'

for (const engine of ['pglite', 'postgres'] as const) {
  test(`the service starts on ${engine} and knows who calls`, async (t) => {
    const chat = await startChat(t, engine)
    const { token } = await createPerson(chat)
    const { status, code } = await call(chat, messages.list, { token })
    assert.deepEqual([status, code], [404, 'ROUTE_NOT_FOUND'])
  })
}
