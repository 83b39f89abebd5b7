import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, messages } from '@secureconnect/protocol'
import { createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

async function send(chat: Chat, { token }: Person, conversation_id: string, content: string) {
  const body = { conversation_id, content, message_type: 'text' } as const
  const { status, data } = await call(chat, messages.send, { token, body })
  assert.equal(status, 201)
  return data
}

/** The newest message of a person's only conversation, by the list and by the conversation itself. */
async function lastOf(chat: Chat, { token }: Person) {
  const { data } = await call(chat, conversations.list, { token })
  const [own] = data.conversations
  assert.ok(own)
  const params = { conversation_id: own.conversation_id }
  assert.deepEqual((await call(chat, conversations.get, { token, params })).data.last_message, own.last_message)
  return own.last_message
}

for (const engine of engines) {
  suite(`the newest message of a conversation on ${engine}`, () => {
    const shared = shareChat(engine)

    async function startGroup() {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      return { chat, ada, bob, id: await createGroup(chat, ada, [bob]) }
    }

    test('there is none before the first; a change of it is shown, and once it is deleted that there was one', async () => {
      const { chat, ada, bob, id } = await startGroup()
      assert.equal(await lastOf(chat, bob), null)
      await send(chat, ada, id, 'first')
      const { message_id } = await send(chat, ada, id, 'second')
      const params = { message_id }
      await call(chat, messages.edit, { token: ada.token, params, body: { content: 'changed' } })
      assert.equal((await lastOf(chat, bob))?.content, 'changed')
      await call(chat, messages.delete, { token: ada.token, params })
      const last = await lastOf(chat, bob)
      assert.deepEqual([last?.message_id, last?.content, last?.deletion_reason], [message_id, null, 'author'])
    })

    test('one whose time is up shows no word from that moment on', async () => {
      const { chat, ada, bob, id } = await startGroup()
      const { message_id } = await send(chat, ada, id, 'for a moment')
      await chat.context.sql.execute`
        update conversation_log set expires_at = clock_timestamp() where message_id = ${message_id}`
      const last = await lastOf(chat, bob)
      assert.deepEqual([last?.message_id, last?.content, last?.deletion_reason], [message_id, null, 'expired'])
    })

    test('who may see only what comes after he joined has none of before, and so has everybody of what is kept no longer', async () => {
      const { chat, ada, bob, id } = await startGroup()
      const settings = { token: ada.token, params: { conversation_id: id }, body: { history: 'joined' } }
      await call(chat, conversations.updateSettings, settings)
      const { seq } = await send(chat, ada, id, 'before')
      const carol = await createPerson(chat)
      const body = { user_ids: [carol.userId] }
      await call(chat, conversations.addParticipants, { token: ada.token, params: { conversation_id: id }, body })
      assert.equal((await lastOf(chat, bob))?.content, 'before')
      assert.equal(await lastOf(chat, carol), null)
      await chat.context.sql.execute`
        update conversations set history_start_seq = ${seq} where conversation_id = ${id}`
      assert.equal(await lastOf(chat, bob), null)
      await send(chat, ada, id, 'after')
      for (const person of [bob, carol]) assert.equal((await lastOf(chat, person))?.content, 'after')
    })
  })
}
