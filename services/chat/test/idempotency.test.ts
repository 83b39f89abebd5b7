import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { conversations } from '@secureconnect/protocol'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

type Request = { key: string; title?: string }

const create = (chat: Chat, { token }: Person, { key, title = 'Garden' }: Request) =>
  call(chat, conversations.create, {
    token,
    headers: { 'idempotency-key': key },
    body: { type: 'group', title, participant_ids: [] },
  })

async function countGroups(chat: Chat, { token }: Person): Promise<number> {
  return (await call(chat, conversations.list, { token })).data.conversations.length
}

for (const engine of engines) {
  suite(`idempotency keys on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a repeated request makes one conversation, also when all come at once, and answers it as it is now', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const key = randomUUID()
      const answers = await Promise.all(Array.from({ length: 6 }, () => create(chat, ada, { key })))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 201])
      const [id, ...others] = new Set(answers.map(({ data }) => data.conversation_id))
      assert.ok(id && others.length === 0)
      const params = { conversation_id: id }
      await call(chat, conversations.update, { token: ada.token, params, body: { title: 'Orchard' } })
      const { data } = await create(chat, ada, { key })
      assert.deepEqual([data.conversation_id, data.title], [id, 'Orchard'])
      assert.equal(await countGroups(chat, ada), 1)
    })

    test('another body under the same key is refused, and another key or person makes another conversation', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const key = randomUUID()
      const first = await create(chat, ada, { key })
      const mismatch = await create(chat, ada, { key, title: 'Orchard' })
      assert.deepEqual([mismatch.status, mismatch.code], [422, 'IDEMPOTENCY_MISMATCH'])
      const ids = [first, await create(chat, ada, { key: randomUUID() }), await create(chat, bob, { key })]
      assert.equal(new Set(ids.map(({ data }) => data.conversation_id)).size, 3)
    })

    test('a request that was refused keeps no key: it may succeed the next time', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const { sql } = chat.context
      await sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      const request = {
        token: ada.token,
        headers: { 'idempotency-key': randomUUID() },
        body: { type: 'direct', participant_ids: [bob.userId] },
      } as const
      assert.equal((await call(chat, conversations.create, request)).code, 'BLOCKED')
      await sql.execute`delete from blocks where user_id = ${bob.userId}`
      assert.equal((await call(chat, conversations.create, request)).status, 201)
    })

    test('a key has 8 to 64 visible characters', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      for (const length of [8, 64]) assert.equal((await create(chat, ada, { key: 'k'.repeat(length) })).status, 201)
      for (const key of ['k'.repeat(7), 'k'.repeat(65), 'two words', 'schlüssel'])
        assert.equal((await create(chat, ada, { key })).code, 'VALIDATION_ERROR')
    })
  })
}
