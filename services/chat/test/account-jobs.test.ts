import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startErasure, startExport, writeExport } from '@secureconnect/account-jobs'
import {
  conversations,
  type Message,
  messages,
  notifications,
  pins,
  polls,
  reactions,
  receipts,
  reports,
  search,
} from '@secureconnect/protocol'
import { column, type Sql } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Archiver } from '../src/archive/archiver.ts'
import { findText } from './find-text.ts'
import { createDirect, createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { untilNotified } from './notified.ts'
import { register } from './pushed.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

const Count = Type.Object({ count: column.integer })
const Job = Type.Object({
  job_id: column.id,
  user_id: column.id,
  kind: Type.Union([Type.Literal('erase'), Type.Literal('export')]),
  messages: Type.Union([Type.Literal('keep'), Type.Literal('delete')]),
  remaining: Type.Array(column.text),
  requested_at: column.timestamp,
  finished_at: column.nullable(column.timestamp),
  expires_at: column.nullable(column.timestamp),
  is_complete: column.flag,
})

const order = ['chat-service'] as const

const send = (chat: Chat, { token }: Person, conversation_id: string, content: string) =>
  call(chat, messages.send, { token, body: { conversation_id, content, message_type: 'text' } })

async function findJob(sql: Sql, { userId }: Person, kind: string) {
  return sql.one(Job)`select * from account_jobs where user_id = ${userId} and kind = ${kind}`
}

async function waitForEnd(sql: Sql, person: Person, kind: string): Promise<void> {
  while ((await findJob(sql, person, kind)).finished_at === null) await sleep(20)
}

async function erase({ context: { sql, kv } }: Chat, person: Person, what: 'keep' | 'delete'): Promise<void> {
  const { userId } = person
  await sql.transaction(async (tx) => {
    await tx.execute`update users set erasing_at = now() where user_id = ${userId}`
    await startErasure(tx, { userId, messages: what, order }, kv)
  })
  await waitForEnd(sql, person, 'erase')
}

async function listTexts(chat: Chat, { token }: Person, conversation_id: string): Promise<Message[]> {
  return (await call(chat, messages.list, { token, query: { conversation_id } })).data.messages
}

for (const engine of engines) {
  suite(`chat's part in account jobs on ${engine}`, () => {
    const shared = shareChat(engine)

    test('an erased person leaves everywhere; what he wrote stays as nobody’s, and his groups find new owners', async () => {
      const chat = shared()
      const { sql } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const ids = []
      for (let count = 0; count < 25; count++) ids.push(await createGroup(chat, ada, [bob]))
      const [id = ''] = ids
      await send(chat, ada, id, 'remember me')
      const direct = await createDirect(chat, bob, ada)
      const { kv, presenceBook } = chat.context
      await presenceBook.set(ada.userId, 'online')
      await erase(chat, ada, 'keep')
      assert.equal(await kv.get(`presence:${ada.userId}`), undefined)
      const { count } = await sql.one(Count)`select count(*) as count from members where user_id = ${ada.userId}`
      assert.equal(count, 0)
      const listed = await call(chat, conversations.list, { token: bob.token, query: { limit: 100 } })
      assert.equal(listed.data.conversations.length, 26)
      for (const { role, member_count } of listed.data.conversations)
        assert.deepEqual([role, member_count], ['owner', 1])
      const [message] = await listTexts(chat, bob, id)
      assert.deepEqual([message?.content, message?.sender_id], ['remember me', ada.userId])
      const events = await listEvents(sql, { conversationId: id, afterSeq: 3 })
      assert.deepEqual(
        events.map(({ kind, data: { reason, by } }) => [kind, reason, by]),
        [
          ['member.left', 'erased', null],
          ['conversation.updated', undefined, null],
        ],
      )
      assert.equal((await send(chat, bob, direct, 'are you there?')).code, 'USER_NOT_FOUND')
    })

    test('who wants it gone has all he wrote deleted, in the log and the archive, where he is and where he was', async () => {
      const chat = shared()
      const { sql, archive } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const [present, past] = [await createGroup(chat, bob, [ada]), await createGroup(chat, bob, [ada])]
      for (const id of [present, past]) {
        await send(chat, ada, id, 'a canary')
        await send(chat, bob, id, 'not hers')
      }
      await new Archiver({ sql, archive }).archive([present, past], new AbortController().signal)
      await sql.execute`
        update archive_state set log_start = archived_seq where conversation_id = any(${[present, past]}::uuid[])`
      await sql.execute`
        delete from conversation_log log using archive_state state
        where log.conversation_id = state.conversation_id and seq <= log_start`
      await send(chat, ada, present, 'a canary too')
      const params = { conversation_id: past, user_id: ada.userId }
      await call(chat, conversations.removeParticipant, { token: ada.token, params })
      await erase(chat, ada, 'delete')
      const texts = async () => [...(await listTexts(chat, bob, present)), ...(await listTexts(chat, bob, past))]
      const isDone = (list: Message[]) => list.every(({ sender_id, content }) => sender_id === bob.userId || !content)
      while (!isDone(await texts())) await sleep(20)
      assert.deepEqual(
        (await texts()).map(({ sender_id, content, deletion_reason }) => [
          sender_id === ada.userId,
          content,
          deletion_reason,
        ]),
        [
          [true, null, 'erased'],
          [false, 'not hers', null],
          [true, null, 'erased'],
          [false, 'not hers', null],
          [true, null, 'erased'],
        ],
      )
      // The archive follows within seconds.
      const find = () => sql.one(Count)`
        select (select count(*) from archived_messages where content like '%canary%')
          + (select count(*) from conversation_log where content like '%canary%') as count`
      while ((await find()).count > 0) await sleep(50)
    })

    test('what somebody added to what others said is in his export, and goes when he is erased', async () => {
      const chat = shared()
      const { sql, kv } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, bob, [ada])
      const { data: message } = await send(chat, bob, group, 'look')
      const params = { message_id: message.message_id }
      for (const emoji of ['👍', '🎉'])
        for (const { token } of [ada, bob]) await call(chat, reactions.add, { token, params: { ...params, emoji } })
      await call(chat, pins.add, { token: ada.token, params })
      const asked = { options: ['yes', 'no'], poll_type: 'single', allow_vote_change: true } as const
      const ask = async ({ token }: Person, question: string) =>
        (await call(chat, polls.create, { token, body: { conversation_id: group, question, ...asked } })).data
      const [hers, his] = [await ask(ada, 'Hers?'), await ask(bob, 'His?')]
      const option_ids = his.options.slice(0, 1).map(({ option_id }) => option_id)
      for (const { token } of [ada, bob])
        await call(chat, polls.vote, { token, body: { poll_id: his.poll_id, option_ids } })
      await call(chat, receipts.setPreferences, { token: ada.token, body: { show_receipts: false } })

      await sql.transaction((tx) => startExport(tx, { userId: ada.userId, order }, kv))
      await waitForEnd(sql, ada, 'export')
      let text = ''
      for await (const part of writeExport(sql, await findJob(sql, ada, 'export'))) text += part
      const { sections } = JSON.parse(text)
      const emoji = sections.reactions.map((row: { emoji: string }) => row.emoji)
      assert.deepEqual(new Set(emoji), new Set(['👍', '🎉']))
      assert.deepEqual([sections.pins.length, sections.polls.length, sections.votes.length], [1, 1, 1])
      assert.deepEqual([sections.polls[0].question, sections.votes[0].option_ids], ['Hers?', option_ids])
      assert.ok(!text.includes(bob.userId) && !text.includes('His?'))

      await erase(chat, ada, 'delete')
      const read = async () => (await call(chat, messages.get, { token: bob.token, params })).data.reactions
      assert.deepEqual(
        (await read())?.map(({ count, user_ids }) => [count, user_ids]),
        [
          [1, [bob.userId]],
          [1, [bob.userId]],
        ],
      )
      const pinned = await call(chat, pins.list, { token: bob.token, params: { conversation_id: group } })
      assert.deepEqual(
        pinned.data.pins.map(({ pinned_by }) => pinned_by),
        [null],
      )
      const find = ({ poll_id }: { poll_id: string }) =>
        call(chat, polls.get, { token: bob.token, params: { poll_id } })
      while ((await find(hers)).code !== 'NOT_FOUND') await sleep(20)
      assert.equal((await find(his)).data.voter_count, 1)
      for (const table of ['reactions', 'poll_votes', 'hidden_receipts', 'polls'])
        assert.ok(!(await findText(sql, ada.userId)).includes(table))
    })

    test('notifications, preferences and devices are in an export, and go when their person is erased', async () => {
      const chat = shared()
      const { sql, kv } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      await createGroup(chat, bob, [ada])
      await untilNotified(chat, ada, ['group_added'])
      await call(chat, notifications.setPreferences, { token: ada.token, body: { email_enabled: false } })
      const token = await register(chat, ada)
      await sql.transaction((tx) => startExport(tx, { userId: ada.userId, order }, kv))
      await waitForEnd(sql, ada, 'export')
      let text = ''
      for await (const part of writeExport(sql, await findJob(sql, ada, 'export'))) text += part
      const { sections } = JSON.parse(text)
      assert.deepEqual(
        [
          sections.notifications[0].kind,
          sections.notification_preferences[0].email_enabled,
          sections.push_devices[0].token,
        ],
        ['group_added', false, token],
      )
      await erase(chat, ada, 'keep')
      const tables = await findText(sql, ada.userId)
      for (const table of ['notifications', 'notification_preferences', 'push_tokens', 'outbox'])
        assert.ok(!tables.includes(table), table)
    })

    test('what an erased person reported stays without him until it is decided, and what was decided goes', async () => {
      const chat = shared()
      const { sql } = chat.context
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const report = ({ userId }: Person) => {
        const about = { params: { user_id: userId }, body: { reason: `about ${userId}` } }
        return call(chat, reports.reportUser, { token: ada.token, ...about })
      }
      const [open, decided] = [(await report(bob)).data.report_id, (await report(eve)).data.report_id]
      await sql.execute`update reports set status = 'resolved' where report_id = ${decided}`
      await sql.transaction((tx) => startExport(tx, { userId: ada.userId, order }, chat.context.kv))
      await waitForEnd(sql, ada, 'export')
      let text = ''
      for await (const part of writeExport(sql, await findJob(sql, ada, 'export'))) text += part
      const { sections } = JSON.parse(text)
      assert.deepEqual(
        sections.reports.map(({ report_id, reason }: Record<string, unknown>) => [report_id, reason]),
        [
          [open, `about ${bob.userId}`],
          [decided, `about ${eve.userId}`],
        ],
      )
      await erase(chat, ada, 'keep')
      const Left = Type.Object({ report_id: column.id, reporter_id: column.nullable(column.id) })
      const left = await sql.many(Left)`
        select report_id, reporter_id from reports where user_id in (${bob.userId}, ${eve.userId})`
      assert.deepEqual(left, [{ report_id: open, reporter_id: null }])
    })

    test('who wants it gone is found by no word he wrote, and others by theirs', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, bob, [ada])
      await send(chat, ada, group, 'a nightingale')
      await send(chat, bob, group, 'another nightingale')
      const find = async () => {
        const query = { q: 'nightingale' }
        const { data } = await call(chat, search.searchMessages, { token: bob.token, query })
        return data.hits.map(({ message }) => message.content)
      }
      while ((await find()).length < 2) await sleep(50)
      await erase(chat, ada, 'delete')
      while ((await find()).length > 1) await sleep(50)
      assert.deepEqual(await find(), ['another nightingale'])
    })

    test('an export holds somebody’s conversations and what he wrote, and nothing that others did', async () => {
      const chat = shared()
      const { sql, kv } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const [first, second] = [
        await createGroup(chat, ada, [bob], { title: 'Garden' }),
        await createDirect(chat, ada, bob),
      ]
      for (const id of [first, second]) {
        await send(chat, ada, id, `hers in ${id}`)
        await send(chat, bob, id, 'not hers')
      }
      await sql.transaction((tx) => startExport(tx, { userId: ada.userId, order }, kv))
      await waitForEnd(sql, ada, 'export')
      let text = ''
      for await (const part of writeExport(sql, await findJob(sql, ada, 'export'))) text += part
      const { sections } = JSON.parse(text)
      assert.deepEqual(
        sections.conversations.map(({ conversation_id, title }: Record<string, unknown>) => [conversation_id, title]),
        [first, second].sort().map((id) => [id, id === first ? 'Garden' : null]),
      )
      assert.deepEqual(
        sections.messages.map(({ content }: Message) => content),
        [first, second].sort().map((id) => `hers in ${id}`),
      )
      assert.ok(!text.includes('not hers') && !text.includes(bob.username))
    })
  })
}
