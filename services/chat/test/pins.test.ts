import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits, messages, pins } from '@secureconnect/protocol'
import { loadAt } from '../src/history/load-at.ts'
import { pinMessage } from '../src/pins/pin-message.ts'
import { createRoom } from './create-room.ts'
import { allKeepings, createHistoryRoom, shareContext } from './history-room.ts'
import { send } from './live-room.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const pin = (chat: Chat, { token }: Person, message_id: string) =>
  call(chat, pins.add, { token, params: { message_id } })
const unpin = (chat: Chat, { token }: Person, message_id: string) =>
  call(chat, pins.remove, { token, params: { message_id } })

async function list(chat: Chat, { token }: Person, conversation_id: string) {
  const { data } = await call(chat, pins.list, { token, params: { conversation_id } })
  return data.pins.map(({ message, pinned_by }) => [message.content, pinned_by])
}

for (const engine of engines) {
  suite(`pins on ${engine}`, () => {
    const shared = shareChat(engine)

    async function startTalk(room: Parameters<typeof createRoom>[2] = {}) {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      return { chat, ada, bob, eve, room: await createRoom(chat, [ada, bob], room) }
    }

    test('any member pins and unpins; each time once, and everybody hears of it', async (t) => {
      const { chat, ada, bob, room } = await startTalk()
      const [first, second] = [await send(chat, ada, room, 'first'), await send(chat, ada, room, 'second')]
      const socket = await TestSocket.open(t, chat, ada)
      await socket.subscribe({ [room]: null })
      for (let n = 0; n < 2; n++) assert.equal((await pin(chat, bob, second.message_id)).status, 200)
      await pin(chat, ada, first.message_id)
      assert.deepEqual(await list(chat, ada, room), [
        ['first', ada.userId],
        ['second', bob.userId],
      ])
      for (let n = 0; n < 2; n++) assert.equal((await unpin(chat, ada, second.message_id)).status, 200)
      assert.deepEqual(await list(chat, bob, room), [['first', ada.userId]])
      await socket.reach(room, second.seq + 3)
      assert.deepEqual(
        socket.events(room).map(({ kind, data }) => [kind, data]),
        [
          ['pin.added', { message_id: second.message_id, target_seq: second.seq, by: bob.userId }],
          ['pin.added', { message_id: first.message_id, target_seq: first.seq, by: ada.userId }],
          ['pin.removed', { message_id: second.message_id, target_seq: second.seq, by: ada.userId }],
        ],
      )
    })

    test('a pin shows its message as it is now, and goes with it', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const { message_id } = await send(chat, ada, room, 'first')
      await pin(chat, bob, message_id)
      const edit = { token: ada.token, params: { message_id }, body: { content: 'second' } }
      await call(chat, messages.edit, edit)
      assert.deepEqual(await list(chat, bob, room), [['second', bob.userId]])
      await call(chat, messages.delete, { token: ada.token, params: { message_id } })
      assert.deepEqual(await list(chat, bob, room), [])
      assert.equal((await pin(chat, bob, message_id)).code, 'CONFLICT')
      assert.equal(await chat.context.sql.execute`select 1 from pins where conversation_id = ${room}`, 0)
    })

    test('a pinned message whose time is up shows no more, and leaves no pin', async () => {
      const { chat, ada, room } = await startTalk({ ttlSeconds: 1 })
      const { message_id } = await send(chat, ada, room, 'for a moment')
      await pin(chat, ada, message_id)
      const { sql } = chat.context
      await until('it is gone', async () => (await list(chat, ada, room)).length === 0)
      const count = () => sql.execute`select 1 from pins where conversation_id = ${room}`
      await until('its pin is gone', async () => (await count()) === 0)
    })

    test('a conversation takes so many pins, and one more once another is taken away', async () => {
      const { chat, ada, room } = await startTalk()
      const sent = []
      for (let n = 0; n <= limits.pinsPerConversation; n++) sent.push(await send(chat, ada, room, String(n)))
      const [first, ...others] = sent.map(({ message_id }) => message_id)
      assert.ok(first)
      for (const id of others) assert.equal((await pin(chat, ada, id)).status, 200)
      assert.equal((await pin(chat, ada, first)).code, 'LIMIT_REACHED')
      assert.equal((await list(chat, ada, room)).length, limits.pinsPerConversation)
      await unpin(chat, ada, others[0] ?? '')
      assert.equal((await pin(chat, ada, first)).status, 200)
    })

    test('strangers find no pins; of two who block one another neither pins; newcomers see what they may read', async () => {
      const { chat, ada, bob, eve, room } = await startTalk({ type: 'direct' })
      const { message_id, seq } = await send(chat, ada, room)
      await pin(chat, ada, message_id)
      for (const answer of [await pin(chat, eve, message_id), await unpin(chat, eve, message_id)])
        assert.equal(answer.code, 'MESSAGE_NOT_FOUND')
      const strange = { token: eve.token, params: { conversation_id: room } }
      assert.equal((await call(chat, pins.list, strange)).code, 'CONVERSATION_NOT_FOUND')
      const { sql } = chat.context
      await sql.execute`
        update members set visible_from = ${seq + 1} where conversation_id = ${room} and user_id = ${bob.userId}`
      assert.deepEqual(await list(chat, bob, room), [])
      assert.equal((await unpin(chat, bob, message_id)).code, 'MESSAGE_NOT_FOUND')
      await sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      for (const answer of [await pin(chat, ada, message_id), await unpin(chat, ada, message_id)])
        assert.equal(answer.code, 'BLOCKED')
    })

    test('messages of encrypted conversations are pinned too: a pin says nothing of them', async () => {
      const { chat, ada, room } = await startTalk({ isEncrypted: true })
      const body = { conversation_id: room, content: 'aGVsbG8=', message_type: 'text', is_encrypted: true } as const
      const { data } = await call(chat, messages.send, { token: ada.token, body: { ...body, group_epoch: 0 } })
      assert.equal((await pin(chat, ada, data.message_id)).status, 200)
      assert.deepEqual(await list(chat, ada, room), [['aGVsbG8=', ada.userId]])
    })
  })
}

for (const keeping of allKeepings) {
  suite(`pins on old messages on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('what is only in the archive is pinned and shown like any other', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const { conversationId, userId } = room
      const old = await room.send('long ago')
      await room.archive()
      await room.forgetLog()
      await room.edit(old.message_id, 'long ago, put better')
      const young = await room.send('just now')
      for (const { message_id: messageId } of [old, young]) await pinMessage(context, { messageId, userId })
      const shown = await loadAt(context, { conversationId, seqs: [old.seq, young.seq] })
      assert.deepEqual(
        shown.map(({ content }) => content),
        ['long ago, put better', 'just now'],
      )
    })
  })
}
