import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type Presence, presence, type ShownStatus } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { conversationChannel, presenceChannel } from '../src/fan-out/fan-out.ts'
import type { TypingHint } from '../src/fan-out/hints.ts'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const set = (chat: Chat, { token }: Person, body: { status?: ShownStatus; online?: boolean }) =>
  call(chat, presence.set, { token, body })

async function see(chat: Chat, { token }: Person, people: readonly Pick<Person, 'userId'>[]): Promise<Presence[]> {
  const user_ids = people.map(({ userId }) => userId).join(',')
  return (await call(chat, presence.list, { token, query: { user_ids } })).data.presence
}

const type = (chat: Chat, { token }: Person, conversation_id: string, is_typing = true) =>
  call(chat, presence.type, { token, body: { conversation_id, is_typing } })

/** What is told on a channel from now on, as `read` sees it. */
async function follow<T>({ context }: Chat, channel: string): Promise<T[]> {
  const heard: T[] = []
  await context.kv.subscribe(channel, (message) => heard.push(JSON.parse(message)))
  return heard
}

for (const engine of engines) {
  suite(`presence and typing on ${engine}`, () => {
    const shared = shareChat(engine)

    test('people show themselves as they say, and to be away where they say nothing', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      assert.deepEqual(await see(chat, ada, [bob]), [{ user_id: bob.userId, status: 'offline', last_seen_at: null }])
      for (const status of ['busy', 'away', 'offline', 'online'] as const) {
        assert.equal((await set(chat, bob, { status })).data.status, status)
        assert.deepEqual(
          (await see(chat, ada, [bob, ada, bob])).map((shown) => shown.status),
          [status, 'offline'],
        )
      }
      assert.equal((await set(chat, bob, { online: false })).data.status, 'offline')
      assert.equal((await set(chat, bob, { online: true })).data.status, 'online')
      for (const body of [{}, { status: 'online', online: true } as const])
        assert.equal((await set(chat, bob, body)).code, 'VALIDATION_ERROR')
    })

    test('presence ends by itself a minute later, and then says when somebody was there', async (t) => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      await set(chat, bob, { status: 'online' })
      const before = Date.now()
      t.mock.timers.enable({ apis: ['Date'], now: before })
      const statusAfter = async (ms: number) => {
        t.mock.timers.setTime(before + ms)
        const [shown] = await chat.context.presenceBook.list(ada.userId, [bob.userId])
        assert.ok(shown?.last_seen_at && Date.parse(shown.last_seen_at) <= before)
        return shown.status
      }
      assert.equal(await statusAfter(58_000), 'online')
      assert.equal(await statusAfter(60_001), 'offline')
    })

    test('who has a socket stays what he said he is; who wants to look absent is not seen to be there', async () => {
      const chat = shared()
      const { presenceBook } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const show = async () => (await presenceBook.list(ada.userId, [bob.userId]))[0]
      await presenceBook.keep(bob.userId, 'online')
      assert.equal((await show())?.status, 'online')
      await presenceBook.set(bob.userId, 'busy')
      await presenceBook.keep(bob.userId, 'online')
      assert.equal((await show())?.status, 'busy')
      await presenceBook.set(bob.userId, 'offline')
      const hidden = await show()
      await presenceBook.keep(bob.userId, 'online')
      assert.deepEqual(await show(), hidden)
    })

    test('who looked absent when he left looks absent when he is back, until he says otherwise', async (t) => {
      const chat = shared()
      const { presenceBook } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const show = async () => (await presenceBook.list(ada.userId, [bob.userId]))[0]?.status
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      await presenceBook.set(bob.userId, 'offline')
      t.mock.timers.tick(90_000)
      assert.equal(await presenceBook.keep(bob.userId, undefined), 'offline')
      assert.equal(await show(), 'offline')
      await presenceBook.set(bob.userId, 'busy')
      t.mock.timers.tick(90_000)
      assert.equal(await presenceBook.keep(bob.userId, undefined), 'online')
      assert.equal(await show(), 'online')
    })

    test('who wants to look absent stays so where the store lost it', async (t) => {
      const chat = shared()
      const { audience, presenceBook, kv } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const show = async () => (await presenceBook.list(ada.userId, [bob.userId]))[0]
      let later = performance.now()
      const loseAndKeep = async () => {
        later += 60_000
        await kv.delete(`presence:${bob.userId}`)
        audience.tidy(later)
        while ((await kv.get(`presence:${bob.userId}`)) === undefined) await new Promise(setImmediate)
      }
      const socket = await TestSocket.open(t, chat, bob)
      await loseAndKeep()
      assert.equal((await show())?.status, 'online')
      await socket.request('presence.set', { status: 'offline' })
      await loseAndKeep()
      assert.deepEqual(await show(), { user_id: bob.userId, status: 'offline', last_seen_at: null })
    })

    test('those who block one another are not there for each other', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      for (const person of [ada, bob]) await set(chat, person, { status: 'online' })
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${ada.userId}, ${bob.userId})`
      const absent = (userId: string) => ({ user_id: userId, status: 'offline', last_seen_at: null })
      assert.deepEqual(await see(chat, ada, [bob]), [absent(bob.userId)])
      assert.deepEqual(await see(chat, bob, [ada]), [absent(ada.userId)])
      assert.deepEqual(
        (await see(chat, eve, [ada, bob])).map(({ status }) => status),
        ['online', 'online'],
      )
    })

    test('a change of presence is told once, to those who watch', async () => {
      const chat = shared()
      const bob = await createPerson(chat)
      const heard = await follow<Presence>(chat, presenceChannel(bob.userId))
      for (const status of ['online', 'online', 'busy'] as const) await set(chat, bob, { status })
      await chat.context.presenceBook.keep(bob.userId, 'online')
      await set(chat, bob, { status: 'away' })
      while (heard.at(-1)?.status !== 'away') await new Promise(setImmediate)
      assert.deepEqual(
        heard.map(({ status }) => status),
        ['online', 'busy', 'away'],
      )
    })

    test('200 people can be asked for at once, and not one more', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const people = Array.from({ length: 200 }, () => ({ userId: newId() }))
      assert.equal((await see(chat, ada, people)).length, 200)
      const user_ids = [...people, { userId: newId() }].map(({ userId }) => userId).join(',')
      assert.equal(
        (await call(chat, presence.list, { token: ada.token, query: { user_ids } })).code,
        'VALIDATION_ERROR',
      )
    })

    test('typing is told to the conversation by its members, and by nobody else', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada, [bob])
      const heard = await follow<TypingHint>(chat, conversationChannel(group))
      assert.equal((await type(chat, eve, group)).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await type(chat, ada, group)).status, 200)
      assert.equal((await type(chat, bob, group, false)).status, 200)
      while (heard.length < 2) await new Promise(setImmediate)
      assert.deepEqual(heard, [
        { frame: { type: 'typing', conversation_id: group, user_id: ada.userId, is_typing: true }, apart: [] },
        { frame: { type: 'typing', conversation_id: group, user_id: bob.userId, is_typing: false }, apart: [] },
      ])
    })

    test('typing is told with whom it is not for, and not at all in a crowd of more than 300', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const [direct, group] = [await createDirect(chat, ada, bob), await createGroup(chat, ada, [bob])]
      const { sql } = chat.context
      await sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      await sql.execute`update conversations set member_count = 301 where conversation_id = ${group}`
      const heard = [
        await follow<TypingHint>(chat, conversationChannel(direct)),
        await follow<TypingHint>(chat, conversationChannel(group)),
      ]
      for (const id of [direct, group]) assert.equal((await type(chat, ada, id)).status, 200)
      await sql.execute`update conversations set member_count = 300 where conversation_id = ${group}`
      await type(chat, bob, group)
      while (heard[1]?.length === 0) await new Promise(setImmediate)
      assert.deepEqual(
        heard.map((hints) => hints.map(({ frame, apart }) => [frame.user_id, apart])),
        [[[ada.userId, [bob.userId]]], [[bob.userId, [ada.userId]]]],
      )
    })
  })
}
