import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { userChannel } from '@secureconnect/notifications'
import { conversations, messages, type UserFrame } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import { dropOldRows } from '../src/stores/old-rows.ts'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

const Count = Type.Object({ count: column.integer })

const send = (chat: Chat, { token }: Person, conversation_id: string, content = 'hello') =>
  call(chat, messages.send, { token, body: { conversation_id, content, message_type: 'text' } })
const end = (chat: Chat, { token }: Person, conversation_id: string) =>
  call(chat, conversations.delete, { token, params: { conversation_id } })
const get = (chat: Chat, { token }: Person, conversation_id: string) =>
  call(chat, conversations.get, { token, params: { conversation_id } })

/** How many rows of messages there are of a conversation, in the log, the archive and beside them. */
async function countRows({ context: { sql } }: Chat, id: string): Promise<number> {
  const { count } = await sql.one(Count)`
    select (select count(*) from conversation_log where conversation_id = ${id})
      + (select count(*) from archived_messages where conversation_id = ${id})
      + (select count(*) from archive_drops where conversation_id = ${id})
      + (select count(*) from sends where conversation_id = ${id}) as count`
  return count
}

async function countConversations({ context: { sql } }: Chat, id: string): Promise<number> {
  return (await sql.one(Count)`select count(*) as count from conversations where conversation_id = ${id}`).count
}

for (const engine of engines) {
  suite(`ends of conversations on ${engine}`, () => {
    const shared = shareChat(engine)

    // Most of them wait for the archive.
    suite('are ends for everybody', { concurrency: true }, () => {
      test('only the owner ends a group; then it is nobody’s, each is told, and what was said is gone', async () => {
        const chat = shared()
        const [owner, admin, member] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
        const people = [owner, admin, member]
        const id = await createGroup(chat, owner, [admin, member])
        const params = { conversation_id: id, user_id: admin.userId }
        await call(chat, conversations.updateParticipant, { token: owner.token, params, body: { role: 'admin' } })
        for (const person of people) assert.equal((await send(chat, person, id)).status, 201)
        const heard = new Map<string, UserFrame[]>(people.map(({ userId }) => [userId, []]))
        for (const { userId } of people) {
          await chat.context.kv.subscribe(userChannel(userId), (text) => {
            const { frame } = JSON.parse(text)
            // Of what was sent before, notifications may still be on their way.
            if (frame.type !== 'notification') heard.get(userId)?.push(frame)
          })
        }
        for (const person of [admin, member]) assert.equal((await end(chat, person, id)).code, 'FORBIDDEN')
        assert.equal((await end(chat, owner, id)).status, 200)
        for (const person of people) {
          assert.equal((await get(chat, person, id)).code, 'CONVERSATION_NOT_FOUND')
          assert.equal((await send(chat, person, id)).code, 'CONVERSATION_NOT_FOUND')
          assert.equal((await end(chat, person, id)).code, 'CONVERSATION_NOT_FOUND')
        }
        while ([...heard.values()].some((frames) => frames.length === 0)) await sleep(10)
        const removed = { type: 'conversation.removed', conversation_id: id }
        assert.deepEqual([...heard.values()], [[removed], [removed], [removed]])
        // The archive lets go of it a little later than the log.
        while ((await countRows(chat, id)) > 0) await sleep(50)
        const { data } = await call(chat, conversations.sync, { token: member.token })
        assert.deepEqual(data.conversations, [])
      })

      test('who leaves a conversation of two is back when the other one writes, and sees that', async () => {
        const chat = shared()
        const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
        const id = await createDirect(chat, ada, bob)
        await send(chat, ada, id, 'before')
        assert.equal((await end(chat, bob, id)).status, 200)
        assert.equal((await get(chat, bob, id)).code, 'CONVERSATION_NOT_FOUND')
        assert.equal((await get(chat, ada, id)).data.member_count, 1)
        assert.equal((await send(chat, ada, id, 'after')).status, 201)
        const { data } = await get(chat, bob, id)
        assert.deepEqual([data.last_message?.content, data.unread_count], ['after', 1])
      })

      test('who leaves a conversation of two comes back by beginning it again', async () => {
        const chat = shared()
        const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
        const id = await createDirect(chat, ada, bob)
        await end(chat, bob, id)
        assert.equal(await createDirect(chat, bob, ada), id)
        assert.equal((await get(chat, bob, id)).data.member_count, 2)
      })

      test('once both have left, the two have a new conversation', async () => {
        const chat = shared()
        const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
        const id = await createDirect(chat, ada, bob)
        await send(chat, ada, id)
        await Promise.all([end(chat, ada, id), end(chat, bob, id)])
        assert.notEqual(await createDirect(chat, ada, bob), id)
        while ((await countRows(chat, id)) > 0) await sleep(50)
      })

      test('an empty conversation goes for good when devices had thirty days to hear of its end', async () => {
        const chat = shared()
        const { sql } = chat.context
        const owner = await createPerson(chat)
        const [ended, lively] = [await createGroup(chat, owner), await createGroup(chat, owner)]
        await end(chat, owner, ended)
        while ((await countRows(chat, ended)) > 0) await sleep(50)
        const age = (days: number) => sql.execute`
          update conversations set changed_at = clock_timestamp() - ${days}::float * interval '1 day'
          where conversation_id = any(${[ended, lively]}::uuid[])`
        await age(29.9)
        await dropOldRows(sql, AbortSignal.timeout(5_000))
        assert.equal(await countConversations(chat, ended), 1)
        await age(30.1)
        await dropOldRows(sql, AbortSignal.timeout(5_000))
        assert.deepEqual([await countConversations(chat, ended), await countConversations(chat, lively)], [0, 1])
      })
    })

    test('memory of repeats and frames goes when its time is up, and not before', async () => {
      const chat = shared()
      const { sql } = chat.context
      const owner = await createPerson(chat)
      const id = await createGroup(chat, owner)
      await send(chat, owner, id)
      const times: readonly [string, string, string][] = [
        ['sends', '167 hours', '169 hours'],
        ['idempotency_keys', '23 hours', '25 hours'],
        ['user_frames', '50 seconds', '70 seconds'],
      ]
      await sql.execute`
        insert into idempotency_keys (user_id, operation, key, body_hash, made_id)
        values (${owner.userId}, ${'chat.conversation.create'}, ${'a-key-of-mine'}, ${Buffer.alloc(32)}, ${id})`
      for (const [table, before, after] of times) {
        // Only the names above can stand there.
        const count = async () => {
          const rows = await sql.runScript(`select count(*) as count from ${table}`)
          return Number(JSON.stringify(rows).match(/"count":"?(\d+)/)?.[1])
        }
        const age = (time: string) =>
          sql.runScript(`update ${table} set created_at = clock_timestamp() - interval '${time}'`)
        await age(before)
        const there = await count()
        await dropOldRows(sql, AbortSignal.timeout(5_000))
        assert.ok(there > 0 && (await count()) === there, table)
        await age(after)
        await dropOldRows(sql, AbortSignal.timeout(5_000))
        assert.equal(await count(), 0, table)
      }
    })
  })
}
