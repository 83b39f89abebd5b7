import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits, messages, type Receipt, receipts } from '@secureconnect/protocol'
import { column, newId } from '@secureconnect/sql'
import type { Frame } from '@secureconnect/test/services'
import { Type } from 'typebox'
import { readConversation } from '../src/history/read-conversation.ts'
import { deliver as deliverTo } from '../src/receipts/deliver.ts'
import { listReceiptsApart } from '../src/stores/receipts.ts'
import { createRoom } from './create-room.ts'
import { range, send } from './live-room.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const deliver = (chat: Chat, { token }: Person, conversation_id: string, seq: number) =>
  call(chat, receipts.deliver, { token, body: { conversation_id, seq } })
const read = (chat: Chat, { token }: Person, conversation_id: string, seq: number) =>
  call(chat, messages.read, { token, body: { conversation_id, seq } })
const hide = (chat: Chat, { token }: Person, isHidden = true) =>
  call(chat, receipts.setPreferences, { token, body: { show_receipts: !isHidden } })
const seeConversation = (chat: Chat, { token }: Person, conversation_id: string) =>
  call(chat, receipts.listOfConversation, { token, params: { conversation_id } })
const seeMessage = (chat: Chat, { token }: Person, message_id: string) =>
  call(chat, receipts.listOfMessage, { token, params: { message_id } })
const block = ({ context: { sql } }: Chat, by: Person, whom: Person) =>
  sql.execute`insert into blocks (user_id, blocked_id) values (${by.userId}, ${whom.userId})`

/** The receipts that a socket was told of a conversation, the newest of each person. */
function heard(socket: TestSocket, conversationId: string): Map<string, Receipt> {
  const isOne = (frame: Frame) => frame.type === 'receipt' && frame.conversation_id === conversationId
  const told = socket.frames.filter(isOne).flatMap((frame) => frame.receipts as Receipt[])
  return new Map(told.map((receipt) => [receipt.user_id, receipt]))
}

for (const engine of engines) {
  suite(`receipts on ${engine}`, () => {
    const shared = shareChat(engine)

    async function startTalk(room: Parameters<typeof createRoom>[2] = {}) {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      return { chat, ada, bob, eve, room: await createRoom(chat, [ada, bob, eve], room) }
    }

    async function listen(t: Parameters<typeof TestSocket.open>[0], person: Person, room: string) {
      const socket = await TestSocket.open(t, shared(), person)
      await socket.subscribe({ [room]: null })
      return socket
    }

    /** Waits until a socket has heard of somebody. */
    const hear = (socket: TestSocket, room: string, { userId }: Person) =>
      socket.next(() => heard(socket, room).has(userId))

    test('the others are told what came to somebody and what he read, and neither ever moves back', async (t) => {
      const { chat, ada, bob, eve, room } = await startTalk()
      const sent = [await send(chat, ada, room), await send(chat, ada, room), await send(chat, ada, room)]
      const [first = 0, second = 0, third = 0] = sent.map(({ seq }) => seq)
      const [author, own] = [await listen(t, ada, room), await listen(t, bob, room)]
      assert.equal((await own.request('delivered', { conversation_id: room, seq: second })).ok, true)
      assert.equal((await deliver(chat, bob, room, first)).data.delivered_seq, second)
      await read(chat, bob, room, first)
      await read(chat, eve, room, third)
      assert.equal((await deliver(chat, eve, room, second)).data.delivered_seq, third)
      assert.equal((await deliver(chat, bob, room, 10 ** 6)).data.delivered_seq, third)
      const bobs = { user_id: bob.userId, delivered_seq: third, read_seq: first }
      const eves = { user_id: eve.userId, delivered_seq: third, read_seq: third }
      await author.next(() => heard(author, room).get(bob.userId)?.delivered_seq === third)
      await hear(author, room, eve)
      assert.deepEqual(heard(author, room), new Map([bobs, eves].map((one) => [one.user_id, one])))
      // His other devices hear it too.
      await hear(own, room, bob)
      const { data } = await seeConversation(chat, ada, room)
      assert.deepEqual(
        data.receipts,
        [bobs, eves].sort((a, b) => (a.user_id < b.user_id ? -1 : 1)),
      )
    })

    test('a message says who got it and who read it; not its author, nor who came later', async () => {
      const { chat, ada, bob, eve, room } = await startTalk()
      const { message_id, seq } = await send(chat, ada, room)
      const late = await createPerson(chat)
      const { sql } = chat.context
      await sql.execute`
        insert into members (conversation_id, user_id, role, visible_from, read_seq, delivered_seq)
        values (${room}, ${late.userId}, 'member', 1, ${seq}, ${seq})`
      await deliver(chat, eve, room, seq)
      await read(chat, bob, room, seq)
      const expected = { delivered_to: [bob.userId, eve.userId].sort(), read_by: [bob.userId] }
      assert.deepEqual((await seeMessage(chat, ada, message_id)).data, expected)
      assert.deepEqual((await seeMessage(chat, late, message_id)).data, expected)
    })

    test('who hides his receipts shows them to his own devices only, and sees nobody else’s', async (t) => {
      const { chat, ada, bob, eve, room } = await startTalk()
      const { token } = bob
      assert.deepEqual((await call(chat, receipts.getPreferences, { token })).data, { show_receipts: true })
      assert.deepEqual((await hide(chat, bob)).data, { show_receipts: false })
      assert.deepEqual((await call(chat, receipts.getPreferences, { token })).data, { show_receipts: false })
      const { message_id, seq } = await send(chat, ada, room)
      const [author, hidden] = [await listen(t, ada, room), await listen(t, bob, room)]
      await read(chat, bob, room, seq)
      await read(chat, eve, room, seq)
      await hear(author, room, eve)
      await hear(hidden, room, bob)
      assert.deepEqual([...heard(author, room).keys()], [eve.userId])
      assert.deepEqual([...heard(hidden, room).keys()], [bob.userId])
      assert.deepEqual((await seeMessage(chat, ada, message_id)).data.read_by, [eve.userId])
      assert.deepEqual((await seeMessage(chat, bob, message_id)).data, { delivered_to: [], read_by: [] })
      assert.deepEqual((await seeConversation(chat, bob, room)).data.receipts, [])
      await hide(chat, bob, false)
      assert.deepEqual((await seeMessage(chat, ada, message_id)).data.read_by, [bob.userId, eve.userId].sort())
      assert.deepEqual((await seeMessage(chat, bob, message_id)).data.read_by, [eve.userId])
    })

    test('of two who block one another neither sees what the other read, in groups too', async (t) => {
      const { chat, ada, bob, eve, room } = await startTalk()
      await block(chat, bob, ada)
      const { message_id, seq } = await send(chat, eve, room)
      const [here, there] = [await listen(t, ada, room), await listen(t, bob, room)]
      const witness = await listen(t, eve, room)
      for (const person of [ada, bob]) await read(chat, person, room, seq)
      for (const person of [ada, bob]) await hear(witness, room, person)
      await hear(here, room, ada)
      await hear(there, room, bob)
      assert.deepEqual([...heard(here, room).keys()], [ada.userId])
      assert.deepEqual([...heard(there, room).keys()], [bob.userId])
      for (const person of [ada, bob])
        assert.deepEqual((await seeMessage(chat, person, message_id)).data, { delivered_to: [], read_by: [] })
      assert.deepEqual((await seeMessage(chat, eve, message_id)).data.read_by, [ada.userId, bob.userId].sort())
    })

    test('who is overtaken by another device of his is answered with how far that one came', async () => {
      const { chat, ada, bob, room } = await startTalk()
      for (const _ of range(1, 3)) await send(chat, ada, room)
      const { sql } = chat.context
      /** What this process works with, where something happens after its first look at the database. */
      const interrupted = (happen: () => Promise<unknown>) => {
        let isFirst = true
        const maybeOne: typeof sql.maybeOne =
          (schema) =>
          async (texts, ...values) => {
            const row = await sql.maybeOne(schema)(texts, ...values)
            if (isFirst) {
              isFirst = false
              await happen()
            }
            return row
          }
        return { ...chat.context, sql: { ...sql, maybeOne } }
      }
      const place = { conversationId: room, userId: bob.userId }
      const came = await deliverTo(
        interrupted(() => deliver(chat, bob, room, 3)),
        { ...place, seq: 2 },
      )
      assert.deepEqual(came, { conversation_id: room, delivered_seq: 3 })
      const reading = { ...place, seq: 2, lastMessageId: undefined }
      const was = await readConversation(
        interrupted(() => read(chat, bob, room, 3)),
        reading,
      )
      assert.deepEqual(was, { conversation_id: room, read_seq: 3, unread_count: 0 })
    })

    test('however many people hide their receipts, those of a conversation alone are asked for', async () => {
      const { chat, ada, bob, room } = await startTalk()
      await hide(chat, bob)
      await chat.context.sql.transaction(async (tx) => {
        await tx.execute`insert into hidden_receipts (user_id) select gen_random_uuid() from generate_series(1, 20000)`
        await tx.execute`analyze hidden_receipts`
        const countRead = () => tx.one(Type.Object({ rows: column.integer }))`
          select seq_tup_read as rows from pg_stat_xact_user_tables where relname = 'hidden_receipts'`
        const before = await countRead()
        assert.deepEqual(await listReceiptsApart(tx, { conversationId: room, userId: ada.userId }), [bob.userId])
        assert.deepEqual(await countRead(), before)
        await tx.execute`delete from hidden_receipts where user_id <> ${bob.userId}`
      })
    })

    test('in a crowd nothing is kept of deliveries and nobody asks for receipts; strangers never do', async () => {
      const { chat, ada, bob, eve } = await startTalk()
      const most = limits.smallConversationMembers
      const others = range(3, most).map(() => ({ userId: newId() }))
      const room = await createRoom(chat, [ada, bob, ...others])
      const { message_id, seq } = await send(chat, ada, room)
      for (const answer of [
        await deliver(chat, eve, room, seq),
        await seeConversation(chat, eve, room),
        await seeMessage(chat, eve, message_id),
      ])
        assert.equal(answer.status, 404)
      await chat.context.sql.execute`
        update conversations set member_count = ${most + 1} where conversation_id = ${room}`
      assert.equal((await deliver(chat, bob, room, seq)).data.delivered_seq, 0)
      assert.equal((await seeConversation(chat, bob, room)).code, 'LIMIT_REACHED')
      assert.equal((await seeMessage(chat, bob, message_id)).code, 'LIMIT_REACHED')
      await chat.context.sql.execute`
        update conversations set member_count = ${most} where conversation_id = ${room}`
      assert.equal((await deliver(chat, bob, room, seq)).data.delivered_seq, seq)
      assert.equal((await seeConversation(chat, ada, room)).data.receipts.length, most - 1)
    })
  })
}
