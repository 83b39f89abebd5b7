import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { readConversation } from '../src/history/read-conversation.ts'
import { createGroup } from './groups.ts'
import { allKeepings, createHistoryRoom, shareContext } from './history-room.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

/** What pages are read from, views of conversations among it, which are asked for by lists of their readers. */
const tablesOfPages = new Set(['jsonb_to_recordset', 'conversation_log', 'archived_messages', 'reactions'])

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

async function send(chat: Chat, { token }: Person, conversation_id: string, content: string) {
  const body = { conversation_id, content, message_type: 'text' } as const
  const { status, data } = await call(chat, messages.send, { token, body })
  assert.equal(status, 201)
  return data
}

for (const engine of engines) {
  suite(`reading on ${engine}`, () => {
    const shared = shareChat(engine)

    test('pages lead from the newest to the first, by both names of the cursor', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const conversation_id = await createGroup(chat, person)
      for (const number of upTo(7)) await send(chat, person, conversation_id, String(number))
      const shown = []
      let cursor: { cursor?: string; page_state?: string } = {}
      for (;;) {
        const query = { conversation_id, limit: 3, ...cursor }
        const { status, data } = await call(chat, messages.list, { token: person.token, query })
        assert.equal(status, 200)
        assert.equal(data.next_page_state, data.next_cursor)
        assert.equal(data.has_more, data.next_cursor !== null)
        shown.push(...data.messages.map(({ content }) => content))
        if (data.next_cursor === null) break
        cursor = 'cursor' in cursor ? { page_state: data.next_cursor } : { cursor: data.next_cursor }
      }
      assert.deepEqual(shown, ['7', '6', '5', '4', '3', '2', '1'])
    })

    test('what makes no sense is refused with a word', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const { token } = person
      const conversation_id = await createGroup(chat, person)
      const ask = async (query: Record<string, string | number>) => {
        const { status, code } = await call(chat, messages.list, { token, query: { conversation_id, ...query } })
        return [status, code]
      }
      assert.deepEqual(await ask({ cursor: 'nonsense' }), [400, 'INVALID_CURSOR'])
      assert.deepEqual(await ask({ page_state: 'nonsense' }), [400, 'INVALID_CURSOR'])
      for (const place of [{ before: 1e308 }, { after: 2 ** 60 }, { after: -1 }]) {
        const cursor = Buffer.from(JSON.stringify(place)).toString('base64url')
        assert.deepEqual(await ask({ cursor }), [400, 'INVALID_CURSOR'])
      }
      assert.deepEqual(await ask({ before_seq: 1, after_seq: 1 }), [400, 'VALIDATION_ERROR'])
      assert.deepEqual(await ask({ limit: 0 }), [400, 'VALIDATION_ERROR'])
      assert.deepEqual(await ask({ limit: 101 }), [400, 'VALIDATION_ERROR'])
      assert.deepEqual(await ask({ before_seq: -1 }), [400, 'VALIDATION_ERROR'])
      assert.deepEqual(await ask({ around_seq: 10 ** 9 }), [200, undefined])
      for (const body of [{ conversation_id }, { conversation_id, seq: 1, last_message_id: newId() }]) {
        const { status, code } = await call(chat, messages.read, { token, body })
        assert.deepEqual([status, code], [400, 'VALIDATION_ERROR'])
      }
    })

    test('a stranger and a former member learn nothing', async () => {
      const chat = shared()
      const [owner, former, stranger] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const conversation_id = await createGroup(chat, owner, [former])
      const { message_id } = await send(chat, owner, conversation_id, 'hello')
      await chat.context.sql.execute`update members set left_at = now() where user_id = ${former.userId}`
      for (const { token } of [former, stranger]) {
        const params = { message_id }
        const answers = [
          await call(chat, messages.list, { token, query: { conversation_id } }),
          await call(chat, messages.read, { token, body: { conversation_id, seq: 1 } }),
          await call(chat, messages.get, { token, params }),
          await call(chat, messages.history, { token, params }),
        ]
        assert.deepEqual(
          answers.map(({ status, code }) => [status, code]),
          [
            [404, 'CONVERSATION_NOT_FOUND'],
            [404, 'CONVERSATION_NOT_FOUND'],
            [404, 'MESSAGE_NOT_FOUND'],
            [404, 'MESSAGE_NOT_FOUND'],
          ],
        )
      }
    })

    test('who may see a conversation from some place on sees nothing before it', async () => {
      const chat = shared()
      const [owner, late] = [await createPerson(chat), await createPerson(chat)]
      const conversation_id = await createGroup(chat, owner, [late])
      const hidden = await send(chat, owner, conversation_id, 'before')
      const shown = await send(chat, owner, conversation_id, 'after')
      await chat.context.sql.execute`
        update members set visible_from = ${shown.seq} where user_id = ${late.userId}`
      const { token } = late
      const around = { conversation_id, around_seq: hidden.seq }
      for (const query of [{ conversation_id }, around, { conversation_id, after_seq: 0 }]) {
        const { data } = await call(chat, messages.list, { token, query })
        assert.deepEqual(
          data.messages.map(({ content }) => content),
          ['after'],
        )
      }
      const params = { message_id: hidden.message_id }
      assert.equal((await call(chat, messages.get, { token, params })).code, 'MESSAGE_NOT_FOUND')
    })

    test('all texts of a message are listed, and none once it is deleted', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const { token } = person
      const { message_id } = await send(chat, person, await createGroup(chat, person), 'one')
      const params = { message_id }
      for (const content of ['two', 'three']) await call(chat, messages.edit, { token, params, body: { content } })
      const before = await call(chat, messages.history, { token, params })
      assert.deepEqual(
        before.data.versions.map(({ content }) => content),
        ['one', 'two', 'three'],
      )
      await call(chat, messages.delete, { token, params })
      assert.deepEqual((await call(chat, messages.history, { token, params })).data.versions, [])
    })

    test('how far one has read only ever moves on, and what is unread is what others sent since', async () => {
      const chat = shared()
      const [author, reader] = [await createPerson(chat), await createPerson(chat)]
      const conversation_id = await createGroup(chat, author, [reader])
      const sent = []
      for (const number of upTo(5)) sent.push(await send(chat, author, conversation_id, String(number)))
      const { token } = reader
      const read = async (body: { seq?: number; last_message_id?: string }) => {
        const { data } = await call(chat, messages.read, { token, body: { conversation_id, ...body } })
        return [data.read_seq, data.unread_count]
      }
      const seqs = sent.map(({ seq }) => seq)
      assert.deepEqual(await read({ last_message_id: sent[2]?.message_id ?? '' }), [seqs[2], 2])
      assert.deepEqual(await read({ seq: 0 }), [seqs[2], 2])
      assert.deepEqual(await read({ last_message_id: sent[0]?.message_id ?? '' }), [seqs[2], 2])
      assert.deepEqual(await read({ seq: seqs[3] ?? 0 }), [seqs[3], 1])
      assert.deepEqual(await read({ seq: 10 ** 9 }), [seqs[4], 0])
    })
  })
}

for (const keeping of allKeepings) {
  suite(`read pointers on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('devices that tell old and new places at once leave the newest, also where the log has forgotten', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      for (const number of upTo(20)) await room.send(String(number))
      await room.archive()
      await room.forgetLog()
      const { conversationId, userId } = room
      await context.sql.execute`
        update members set read_seq = 0, read_number = 0 where conversation_id = ${conversationId}`
      const tell = (seq: number) => readConversation(context, { conversationId, userId, seq, lastMessageId: undefined })
      const states = await Promise.all([...upTo(15), ...upTo(15).reverse()].map(tell))
      assert.ok(states.every(({ read_seq, unread_count }) => read_seq + unread_count === 20))
      assert.deepEqual(await tell(3), { conversation_id: conversationId, read_seq: 15, unread_count: 5 })
    })

    test('a thousand who read one page at once cost five queries at most', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      for (const number of upTo(60)) await room.send(String(number))
      const countQueries = async () => {
        const { values } = await context.metrics.dbQueryDuration.get()
        return (
          values
            .filter(({ metricName, labels: { operation } }) => metricName?.endsWith('_count') && operation === 'select')
            // What the process looks at by itself, such as sessions that ended, happens beside it.
            .filter(({ labels: { table } }) => tablesOfPages.has(String(table)))
            .reduce((sum, { value }) => sum + value, 0)
        )
      }
      const before = await countQueries()
      const pages = await Promise.all(upTo(1_000).map(() => room.list(undefined, 50)))
      assert.ok(pages.every(({ messages: shown }) => shown.length === 50))
      const asked = (await countQueries()) - before
      assert.ok(asked <= 5, `${asked} queries`)
    })
  })
}
