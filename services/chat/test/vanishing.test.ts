import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, type TestContext, test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { cassandraEnv, openCassandra } from '@secureconnect/test/cassandra'
import { cassandraServer, faultProxy } from '@secureconnect/test/stack'
import { historyUnavailable } from '../src/errors.ts'
import { expireMessages, expireSome } from '../src/history/expire-messages.ts'
import { findMessage } from '../src/history/find-message.ts'
import { dumpConversation } from './cassandra.ts'
import { findText } from './find-text.ts'
import { createGroup } from './groups.ts'
import { allKeepings, createHistoryRoom, shareContext } from './history-room.ts'
import { letExpire } from './let-expire.ts'
import { listEvents } from './list-events.ts'
import { call, createPerson, type Engine, shareInSuite, startChat } from './test-chat.ts'
import { until } from './until.ts'

const kinds: Readonly<Record<string, { engine: Engine; env: () => Promise<Record<string, string>> }>> = {
  PGlite: { engine: 'pglite', env: async () => ({}) },
  Postgres: { engine: 'postgres', env: async () => ({}) },
  Cassandra: { engine: 'postgres', env: cassandraEnv },
}

for (const [name, { engine, env }] of Object.entries(kinds)) {
  suite(`text that vanishes from ${name}`, () => {
    const shared = shareInSuite(async (t) => startChat(t, engine, await env()))
    const archived = name === 'Cassandra' ? 'cassandra' : 'archived_messages'

    /** A group of one, and every place in which something that was said there is found. */
    async function startGroup(t: TestContext) {
      const chat = shared()
      const person = await createPerson(chat)
      const conversation_id = await createGroup(chat, person)
      const cassandra = name === 'Cassandra' ? await openCassandra(t) : undefined
      const findAnywhere = async (text: string) => {
        const dump = cassandra ? await dumpConversation(cassandra, conversation_id) : ''
        return [...(await findText(chat.context.sql, text)), ...(dump.includes(text) ? ['cassandra'] : [])]
      }
      return { chat, token: person.token, conversation_id, findAnywhere }
    }

    test(`deleted text is unreadable at once, gone from the log, and from ${name} within five seconds`, async (t) => {
      const { chat, token, conversation_id, findAnywhere } = await startGroup(t)
      const [first, second] = [`canary-${randomUUID()}`, `canary-${randomUUID()}`]
      const body = { conversation_id, content: first, message_type: 'text', metadata: { note: first } } as const
      const { data } = await call(chat, messages.send, { token, body })
      const params = { message_id: data.message_id }
      await until('it is archived', async () => (await findAnywhere(first)).includes(archived))
      const edit = { content: second, metadata: { note: second } }
      assert.equal((await call(chat, messages.edit, { token, params, body: edit })).status, 200)
      await until('its edit is archived', async () => (await findAnywhere(second)).includes(archived))
      assert.ok((await findAnywhere(first)).includes(archived), 'the earlier text is kept as a version')

      assert.equal((await call(chat, messages.delete, { token, params })).status, 200)
      for (const text of [first, second]) {
        const answers = [
          await call(chat, messages.get, { token, params }),
          await call(chat, messages.history, { token, params }),
          await call(chat, messages.list, { token, query: { conversation_id } }),
        ]
        assert.ok(answers.every(({ status, data }) => status === 200 && !JSON.stringify(data).includes(text)))
        assert.deepEqual(
          (await findAnywhere(text)).filter((place) => place !== archived),
          [],
        )
      }
      const isGone = async () => [...(await findAnywhere(first)), ...(await findAnywhere(second))].length === 0
      await until('it is gone from the archive', isGone, 5_000)
    })

    test(`text whose time is up is unreadable at once, and gone from the log and ${name} within five seconds`, async (t) => {
      const { chat, token, conversation_id, findAnywhere } = await startGroup(t)
      const canary = `canary-${randomUUID()}`
      const body = { conversation_id, content: canary, message_type: 'text', expires_in_seconds: 3_600 } as const
      const { data } = await call(chat, messages.send, { token, body })
      const params = { message_id: data.message_id }
      await until('it is archived', async () => (await findAnywhere(canary)).includes(archived))
      await letExpire(chat.context, data)
      const shown = await call(chat, messages.get, { token, params })
      assert.deepEqual([shown.status, shown.data.content], [200, null])
      await until('it is gone', async () => (await findAnywhere(canary)).length === 0, 5_000)
    })
  })
}

test('what was deleted while Cassandra was away is gone from there when it is back', async (t) => {
  const proxy = await faultProxy(t, await cassandraServer())
  const chat = await startChat(t, 'postgres', await cassandraEnv(proxy))
  const person = await createPerson(chat)
  const conversation_id = await createGroup(chat, person)
  const cassandra = await openCassandra(t)
  const canary = `canary-${randomUUID()}`
  const body = { conversation_id, content: canary, message_type: 'text' } as const
  const { token } = person
  const { data } = await call(chat, messages.send, { token, body })
  const isThere = async () => (await dumpConversation(cassandra, conversation_id)).includes(canary)
  await until('it is archived', isThere, 20_000)
  proxy.refuse()
  const params = { message_id: data.message_id }
  assert.equal((await call(chat, messages.delete, { token, params })).status, 200)
  assert.equal((await call(chat, messages.get, { token, params })).data.content, null)
  assert.deepEqual(await findText(chat.context.sql, canary), [])
  assert.ok(await isThere())
  await proxy.heal()
  await until('it is gone', async () => !(await isThere()), 20_000)
})

for (const keeping of allKeepings) {
  suite(`messages that expire on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('nobody sees a message whose time is up, in log or archive, before anything says that it is deleted', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const message = await room.send('for a moment', { expires_in_seconds: 60 })
      const stays = await room.send('for longer', { expires_in_seconds: 60 })
      await letExpire(context, message)
      const assertHidden = async () => {
        const found = await findMessage(context, message.message_id)
        assert.deepEqual([found?.content, found?.deletionReason], [null, 'expired'])
        const { messages: shown } = await room.list()
        assert.deepEqual(
          shown.map(({ content }) => content),
          ['for longer', null],
        )
        await assert.rejects(room.edit(message.message_id, 'longer, please'))
      }
      await assertHidden()
      await room.archive()
      await room.forgetLog()
      await assertHidden()
      assert.equal((await findMessage(context, stays.message_id))?.content, 'for longer')
    })

    test('an expired message is deleted once, by nobody, in order, and leaves log and archive', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const canary = `canary-${randomUUID()}`
      const early = await room.send(canary, { expires_in_seconds: 60 })
      await room.archive()
      const late = await room.send(`${canary} again`, { expires_in_seconds: 60 })
      for (const message of [early, late]) await letExpire(context, message)
      const { conversationId } = room
      await Promise.all([expireSome(context, conversationId), expireSome(context, conversationId)])
      const events = await listEvents(context.sql, { conversationId, afterSeq: 2 })
      assert.deepEqual(
        events.map(({ seq, kind, actor_id, data }) => [seq, kind, actor_id, data.deletion_reason]),
        [
          [3, 'message.deleted', null, 'expired'],
          [4, 'message.deleted', null, 'expired'],
        ],
      )
      await room.archive()
      assert.deepEqual(await findText(context.sql, canary), [])
      await room.forgetLog()
      const [newest] = (await room.list()).messages
      assert.deepEqual([newest?.content, newest?.deletion_reason], [null, 'expired'])
    })

    test('while the archive is away what the log knows expires at once, and the rest when it is back', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const { conversationId } = room
      const archived = await room.send('in the archive', { expires_in_seconds: 60 })
      await letExpire(context, archived)
      await room.archive()
      await room.forgetLog()
      const logged = await room.send('in the log', { expires_in_seconds: 60 })
      await letExpire(context, logged)
      const load = async (): Promise<never> => {
        throw historyUnavailable(new Error('away'))
      }
      const away = { ...context, archive: { ...context.archive, isAvailable: false, load } }
      const listDeleted = async () =>
        (await listEvents(context.sql, { conversationId, afterSeq: 2 })).map(({ data }) => data.message_id)
      await using job = expireMessages(away)
      await until('what the log knows is deleted', async () => (await listDeleted()).length === 1)
      assert.deepEqual(await listDeleted(), [logged.message_id])
      await job[Symbol.asyncDispose]()
      assert.deepEqual(await expireSome(away, conversationId), { isDone: true })
      assert.deepEqual(await expireSome(context, conversationId), { isDone: true })
      assert.deepEqual(await listDeleted(), [logged.message_id, archived.message_id])
    })

    test('a message that left the log long ago expires like any other', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const message = await room.send('old', { expires_in_seconds: 60 })
      await letExpire(context, message)
      await room.archive()
      await room.forgetLog()
      assert.deepEqual(await expireSome(context, room.conversationId), { isDone: true })
      const [deleted] = await listEvents(context.sql, { conversationId: room.conversationId, afterSeq: 1 })
      assert.deepEqual([deleted?.kind, deleted?.data.message_id], ['message.deleted', message.message_id])
      await room.archive()
      const [stored] = await context.archive.load([{ conversationId: room.conversationId, seqs: [1] }])
      assert.equal(stored?.content, null)
    })
  })
}
