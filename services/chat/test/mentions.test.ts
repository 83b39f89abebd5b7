import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, limits, messages, type SendMessage } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPeople, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

type More = Partial<SendMessage>

function send(chat: Chat, { token }: Person, conversation_id: string, more: More) {
  const body = { conversation_id, content: 'look', message_type: 'text', ...more } as const
  return call(chat, messages.send, { token, body })
}

for (const engine of engines) {
  suite(`mentions on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a message says whom it mentions, to whoever gets it', async (t) => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada, [bob])
      const socket = await TestSocket.open(t, chat, bob)
      await socket.subscribe({ [group]: null })
      const { data } = await send(chat, ada, group, { mentions: [bob.userId, ada.userId] })
      assert.deepEqual([data.mentions, data.mentions_all], [[bob.userId, ada.userId], false])
      await socket.reach(group, data.seq)
      const [event] = socket.events(group)
      assert.ok(event?.kind === 'message.created')
      assert.deepEqual(event.data.mentions, data.mentions)
      const params = { message_id: data.message_id }
      assert.deepEqual((await call(chat, messages.get, { token: bob.token, params })).data.mentions, data.mentions)
    })

    test('whoever is not in the conversation cannot be mentioned there, and nothing is sent', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada, [bob])
      for (const stranger of [eve.userId, newId()]) {
        const { status, code } = await send(chat, ada, group, { mentions: [bob.userId, stranger] })
        assert.deepEqual([status, code], [404, 'USER_NOT_FOUND'])
      }
      const params = { conversation_id: group, user_id: bob.userId }
      await call(chat, conversations.removeParticipant, { token: ada.token, params })
      assert.equal((await send(chat, ada, group, { mentions: [bob.userId] })).code, 'USER_NOT_FOUND')
      const { data } = await call(chat, messages.list, { token: ada.token, query: { conversation_id: group } })
      assert.deepEqual(data.messages, [])
    })

    test('who left a direct conversation can be mentioned there: the message brings him back', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const direct = await createDirect(chat, ada, bob)
      const params = { conversation_id: direct, user_id: bob.userId }
      await call(chat, conversations.removeParticipant, { token: bob.token, params })
      assert.equal((await send(chat, ada, direct, { mentions: [bob.userId] })).status, 201)
    })

    test('only owners and admins of groups mention everybody', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada, [bob])
      assert.equal((await send(chat, ada, group, { mentions_all: true })).data.mentions_all, true)
      assert.equal((await send(chat, bob, group, { mentions_all: false })).data.mentions_all, false)
      assert.equal((await send(chat, bob, group, { mentions_all: true })).code, 'FORBIDDEN')
      const promoted = { token: ada.token, params: { conversation_id: group, user_id: bob.userId } }
      await call(chat, conversations.updateParticipant, { ...promoted, body: { role: 'admin' } })
      assert.equal((await send(chat, bob, group, { mentions_all: true })).data.mentions_all, true)
      const direct = await createDirect(chat, ada, bob)
      assert.equal((await send(chat, ada, direct, { mentions_all: true })).code, 'FORBIDDEN')
    })

    test('a message mentions as many as may be mentioned, and not one more, nor anybody twice', async () => {
      const chat = shared()
      const people = await createPeople(chat, limits.mentionsPerMessage + 1)
      const [ada, ...others] = people
      assert.ok(ada)
      const group = await createGroup(chat, ada, others)
      const ids = others.map(({ userId }) => userId)
      assert.equal((await send(chat, ada, group, { mentions: ids })).status, 201)
      for (const mentions of [[...ids, ada.userId], [ada.userId, ada.userId], ['everybody']])
        assert.equal((await send(chat, ada, group, { mentions })).code, 'VALIDATION_ERROR')
    })

    test('a deleted message mentions nobody, in its answers and in the log', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada, [bob])
      const { data } = await send(chat, ada, group, { mentions: [bob.userId], mentions_all: true })
      const params = { message_id: data.message_id }
      const deleted = (await call(chat, messages.delete, { token: ada.token, params })).data
      const read = (await call(chat, messages.get, { token: bob.token, params })).data
      for (const message of [deleted, read]) assert.deepEqual([message.mentions, message.mentions_all], [[], false])
      const { sql } = chat.context
      assert.equal(
        await sql.execute`
          select 1 from conversation_log where message_id = ${data.message_id} and data::text like '%mention%'`,
        0,
      )
    })
  })
}
