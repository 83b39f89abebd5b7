import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { conversations, limits, messages, type SendMessage } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createRoom } from './create-room.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

async function send(chat: Chat, { token }: Person, conversation_id: string, more: Partial<SendMessage> = {}) {
  const body = { conversation_id, content: 'first', message_type: 'text', ...more } as const
  const { status, data } = await call(chat, messages.send, { token, body })
  assert.equal(status, 201)
  return data
}

const edit = (chat: Chat, { token }: Person, message_id: string, body: object) =>
  call(chat, messages.edit, { token, params: { message_id }, body })

const remove = (chat: Chat, { token }: Person, message_id: string) =>
  call(chat, messages.delete, { token, params: { message_id } })

const forward = (chat: Chat, { token }: Person, message_id: string, conversation_id: string, client_id?: string) =>
  call(chat, messages.forward, { token, body: { message_id, conversation_id, ...(client_id && { client_id }) } })

const get = (chat: Chat, { token }: Person, message_id: string) =>
  call(chat, messages.get, { token, params: { message_id } })

const base64 = (text: string) => Buffer.from(text).toString('base64')

for (const engine of engines) {
  suite(`changes of messages on ${engine}`, () => {
    const shared = shareChat(engine)

    async function startTalk(room: Parameters<typeof createRoom>[2] = {}) {
      const chat = shared()
      const [alice, bob, eve] = await Promise.all([createPerson(chat), createPerson(chat), createPerson(chat)])
      return { chat, alice, bob, eve, room: await createRoom(chat, [alice, bob], room) }
    }

    test('an author changes text and metadata; the same again changes nothing and is no event', async () => {
      const { chat, alice, bob, room } = await startTalk()
      const { message_id, seq } = await send(chat, alice, room, { metadata: { mood: 'calm' } })
      const edited = await edit(chat, alice, message_id, { content: 'second' })
      assert.deepEqual([edited.status, edited.data.content, edited.data.metadata], [200, 'second', { mood: 'calm' }])
      assert.ok(edited.data.edited_at)
      assert.equal((await edit(chat, alice, message_id, { content: 'second' })).data.edited_at, edited.data.edited_at)
      assert.deepEqual((await edit(chat, alice, message_id, { content: 'second', metadata: {} })).data.metadata, {})
      assert.equal((await send(chat, alice, room)).seq, seq + 3)
      assert.equal((await get(chat, bob, message_id)).data.content, 'second')
    })

    test('others may not change a message, and to strangers there is none', async () => {
      const { chat, alice, bob, eve, room } = await startTalk()
      const { message_id } = await send(chat, alice, room)
      assert.equal((await edit(chat, bob, message_id, { content: 'x' })).code, 'FORBIDDEN')
      assert.equal((await remove(chat, bob, message_id)).code, 'FORBIDDEN')
      for (const answer of [
        await edit(chat, eve, message_id, { content: 'x' }),
        await remove(chat, eve, message_id),
        await forward(chat, eve, message_id, room),
        await edit(chat, alice, newId(), { content: 'x' }),
        await remove(chat, alice, newId()),
      ]) {
        assert.equal(answer.code, 'MESSAGE_NOT_FOUND')
      }
      assert.equal((await get(chat, alice, message_id)).data.content, 'first')
    })

    test('an admin of a group deletes what others wrote, and in a direct conversation nobody does', async () => {
      const { chat, alice, bob, room } = await startTalk()
      await chat.context.sql.execute`
        update members set role = 'admin' where conversation_id = ${room} and user_id = ${bob.userId}`
      const { message_id } = await send(chat, alice, room)
      assert.equal((await remove(chat, bob, message_id)).data.deletion_reason, 'moderator')
      const direct = await createRoom(chat, [alice, bob], { type: 'direct' })
      assert.equal((await remove(chat, bob, (await send(chat, alice, direct)).message_id)).code, 'FORBIDDEN')
    })

    test('what is deleted stays so: again is no fault, a change is refused, and nothing of it is left in the log', async () => {
      const { chat, alice, room } = await startTalk()
      const canary = `canary-${randomUUID()}`
      const { message_id } = await send(chat, alice, room, { content: canary, metadata: { note: canary } })
      await edit(chat, alice, message_id, { content: `${canary} again` })
      const { data } = await remove(chat, alice, message_id)
      assert.deepEqual([data.content, data.metadata, data.deletion_reason], [null, {}, 'author'])
      assert.equal((await remove(chat, alice, message_id)).data.deleted_at, data.deleted_at)
      assert.equal((await edit(chat, alice, message_id, { content: 'back' })).code, 'CONFLICT')
      assert.equal((await forward(chat, alice, message_id, room)).code, 'CONFLICT')
      assert.equal(
        await chat.context.sql.execute`
        select 1 from conversation_log where content like ${`%${canary}%`} or data::text like ${`%${canary}%`}`,
        0,
      )
    })

    test('a message can be changed for a day, and only so often', async () => {
      const { chat, alice, room } = await startTalk()
      const old = await send(chat, alice, room)
      await chat.context.sql.execute`
        update conversation_log set created_at = created_at - interval '25 hours' where message_id = ${old.message_id}`
      assert.equal((await edit(chat, alice, old.message_id, { content: 'late' })).code, 'FORBIDDEN')
      const { message_id } = await send(chat, alice, room)
      for (let n = 1; n < limits.versionsPerMessage; n++) {
        assert.equal((await edit(chat, alice, message_id, { content: `change ${n}` })).status, 200)
      }
      assert.equal((await edit(chat, alice, message_id, { content: 'once more' })).code, 'LIMIT_REACHED')
    })

    test('a block ends changes in a direct conversation, but not deleting what one wrote', async () => {
      const { chat, alice, bob, room } = await startTalk({ type: 'direct' })
      const { message_id } = await send(chat, alice, room)
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${alice.userId})`
      assert.equal((await edit(chat, alice, message_id, { content: 'x' })).code, 'BLOCKED')
      for (const { token } of [alice, bob]) {
        const settings = { token, params: { conversation_id: room }, body: { retention_days: 1 } }
        assert.equal((await call(chat, conversations.updateSettings, settings)).code, 'BLOCKED')
      }
      assert.equal((await remove(chat, alice, message_id)).status, 200)
    })

    test('a forwarded message is a new one that says where it comes from, once for a client id', async () => {
      const { chat, alice, bob, eve, room } = await startTalk()
      const other = await createRoom(chat, [bob, eve])
      const original = await send(chat, alice, room, { metadata: { mood: 'calm' } })
      const first = await forward(chat, bob, original.message_id, other, 'f-1')
      assert.equal(first.status, 201)
      assert.equal(first.data.forwarded_from, original.message_id)
      assert.deepEqual([first.data.sender_id, first.data.content], [bob.userId, 'first'])
      assert.equal((await forward(chat, bob, original.message_id, other, 'f-1')).data.message_id, first.data.message_id)
      assert.equal((await forward(chat, alice, original.message_id, other)).code, 'CONVERSATION_NOT_FOUND')
      const body = { message_id: original.message_id, conversation_id: other }
      const headers = { 'idempotency-key': 'forward-1' }
      const second = await call(chat, messages.forward, { token: bob.token, body, headers })
      await remove(chat, alice, original.message_id)
      const repeated = await call(chat, messages.forward, { token: bob.token, body, headers })
      assert.deepEqual([repeated.status, repeated.data?.message_id], [201, second.data.message_id])
      const otherBody = { ...body, message_id: first.data.message_id }
      assert.equal(
        (await call(chat, messages.forward, { token: bob.token, body: otherBody, headers })).code,
        'IDEMPOTENCY_MISMATCH',
      )
      assert.equal((await get(chat, eve, original.message_id)).code, 'MESSAGE_NOT_FOUND')
    })

    test('encrypted messages stay encrypted when they are changed, and are not forwarded by the server', async () => {
      const { chat, alice, room } = await startTalk({ isEncrypted: true })
      const { message_id } = await send(chat, alice, room, { content: base64('a'), is_encrypted: true, group_epoch: 0 })
      assert.equal(
        (await edit(chat, alice, message_id, { content: 'plain text', group_epoch: 0 })).code,
        'VALIDATION_ERROR',
      )
      assert.equal((await edit(chat, alice, message_id, { content: base64('b') })).code, 'VALIDATION_ERROR')
      const stale = await edit(chat, alice, message_id, { content: base64('b'), group_epoch: 1 })
      assert.equal(stale.code, 'EPOCH_CONFLICT')
      assert.equal((await edit(chat, alice, message_id, { content: base64('b'), group_epoch: 0 })).status, 200)
      assert.equal((await forward(chat, alice, message_id, room)).code, 'E2EE_REQUIRED')
    })

    test('who left a direct conversation comes back when the other one writes, and sees what is new', async () => {
      const { chat, alice, bob } = await startTalk()
      const body = { type: 'direct' as const, participant_ids: [bob.userId] }
      const { conversation_id } = (await call(chat, conversations.create, { token: alice.token, body })).data
      await send(chat, alice, conversation_id, { content: 'before' })
      const params = { conversation_id }
      assert.equal((await call(chat, conversations.delete, { token: bob.token, params })).status, 200)
      assert.equal((await call(chat, conversations.get, { token: bob.token, params })).code, 'CONVERSATION_NOT_FOUND')
      await Promise.all([
        send(chat, alice, conversation_id, { content: 'after' }),
        send(chat, alice, conversation_id, { content: 'after' }),
      ])
      const { data } = await call(chat, messages.list, { token: bob.token, query: params })
      assert.deepEqual(
        data.messages.map(({ content }) => content),
        ['after', 'after'],
      )
      assert.equal((await call(chat, conversations.get, { token: bob.token, params })).data.unread_count, 2)
      await call(chat, conversations.delete, { token: bob.token, params })
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${alice.userId})`
      const refused = { conversation_id, content: 'more', message_type: 'text' }
      assert.equal((await call(chat, messages.send, { token: alice.token, body: refused })).code, 'BLOCKED')
    })

    test('an answer names a message of the same conversation', async () => {
      const { chat, alice, bob, room } = await startTalk()
      const other = await createRoom(chat, [alice])
      const { message_id } = await send(chat, alice, room)
      const reply = (sender: Person, conversation_id: string) => {
        const body = { conversation_id, content: 'yes', message_type: 'text', reply_to: message_id }
        return call(chat, messages.send, { token: sender.token, body })
      }
      assert.equal((await reply(bob, room)).data.reply_to, message_id)
      assert.equal((await reply(alice, other)).code, 'MESSAGE_NOT_FOUND')
    })

    test('text comes back as it was sent, whatever it holds, or is refused with a reason', async () => {
      const { chat, alice, bob, room } = await startTalk()
      const texts = [
        'a\u200bb',
        '\u202eright to left',
        '👩‍👩‍👧‍👦 🇩🇪',
        'e\u0301',
        '\ttab\r\nline',
        "'; drop table users; --",
        '{"$gt":1}',
        ' ',
      ]
      for (const content of [...texts, '👍'.repeat(limits.messageCharacters)]) {
        const { message_id } = await send(chat, alice, room, { content })
        assert.equal((await get(chat, bob, message_id)).data.content, content)
      }
      for (const content of ['nul \u0000', 'lone \ud800', 'x'.repeat(limits.messageCharacters + 1), '']) {
        const body = { conversation_id: room, content, message_type: 'text' }
        const { status, error } = await call(chat, messages.send, { token: alice.token, body })
        assert.deepEqual([status, error.code, error.details[0].field], [400, 'VALIDATION_ERROR', 'content'])
      }
    })

    test('metadata is bounded in keys, bytes and kinds', async () => {
      const { chat, alice, room } = await startTalk()
      const { keys, keyBytes, valueBytes } = limits.metadata
      const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]))
      const ask = async (metadata: object) => {
        const body = { conversation_id: room, content: 'x', message_type: 'text', metadata }
        return (await call(chat, messages.send, { token: alice.token, body })).status
      }
      assert.equal(await ask(many(keys)), 201)
      assert.equal(await ask(many(keys + 1)), 400)
      assert.equal(await ask({ ['k'.repeat(keyBytes)]: 'v'.repeat(valueBytes) }), 201)
      assert.equal(await ask({ ['k'.repeat(keyBytes + 1)]: 'v' }), 400)
      assert.equal(await ask({ ['é'.repeat(keyBytes)]: 'v' }), 400)
      assert.equal(await ask({ k: 'v'.repeat(valueBytes + 1) }), 400)
      assert.equal(await ask({ k: 'é'.repeat(valueBytes) }), 400)
      assert.equal(await ask({ k: { deep: true } }), 400)
      assert.equal(await ask({ k: 'nul \u0000' }), 400)
    })

    test('an Idempotency-Key finds the first message where there is no client id', async () => {
      const { chat, alice, room } = await startTalk()
      const ask = (content: string, key: string) => {
        const body = { conversation_id: room, content, message_type: 'text' }
        return call(chat, messages.send, { token: alice.token, body, headers: { 'idempotency-key': key } })
      }
      const first = await ask('once', 'key-1234')
      assert.equal((await ask('once', 'key-1234')).data.message_id, first.data.message_id)
      assert.equal((await ask('twice', 'key-1234')).code, 'IDEMPOTENCY_MISMATCH')
      assert.equal((await ask('once', 'short')).status, 400)
    })
  })
}
