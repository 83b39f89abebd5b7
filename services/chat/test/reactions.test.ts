import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits, messages, reactions } from '@secureconnect/protocol'
import { addReactionTo, removeReactionFrom } from '../src/reactions/react.ts'
import { createRoom } from './create-room.ts'
import { allKeepings, createHistoryRoom, shareContext } from './history-room.ts'
import { send } from './live-room.ts'
import { type Chat, call, createPeople, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const { kinds, each } = limits.reactionsPerMessage
/** Twenty-five animals. */
const animals = Array.from({ length: 25 }, (_, index) => String.fromCodePoint(0x1f400 + index))

const react = (chat: Chat, { token }: Person, message_id: string, emoji: string) =>
  call(chat, reactions.add, { token, params: { message_id, emoji } })
const unreact = (chat: Chat, { token }: Person, message_id: string, emoji: string) =>
  call(chat, reactions.remove, { token, params: { message_id, emoji } })

async function read(chat: Chat, { token }: Person, message_id: string) {
  const { data } = await call(chat, messages.get, { token, params: { message_id } })
  const query = { conversation_id: data.conversation_id }
  const page = await call(chat, messages.list, { token, query })
  assert.deepEqual(page.data.messages.find((one) => one.message_id === message_id)?.reactions, data.reactions)
  return data.reactions
}

for (const engine of engines) {
  suite(`reactions on ${engine}`, () => {
    const shared = shareChat(engine)

    async function startTalk(room: Parameters<typeof createRoom>[2] = {}) {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      return { chat, ada, bob, eve, room: await createRoom(chat, [ada, bob], room) }
    }

    test('people react and take it back; each time once, however often they say so', async (t) => {
      const { chat, ada, bob, room } = await startTalk()
      const { message_id, seq } = await send(chat, ada, room)
      const socket = await TestSocket.open(t, chat, ada)
      await socket.subscribe({ [room]: null })
      for (let n = 0; n < 2; n++) assert.equal((await react(chat, bob, message_id, '👍')).status, 200)
      const { data } = await react(chat, ada, message_id, '👍')
      const about = { message_id, target_seq: seq, author_id: ada.userId }
      const both = [{ emoji: '👍', count: 2, user_ids: [bob.userId, ada.userId], reacted: true }]
      assert.deepEqual(data, { message_id, reactions: both })
      await react(chat, ada, message_id, '🎉')
      for (let n = 0; n < 2; n++) await unreact(chat, ada, message_id, '👍')
      await socket.reach(room, seq + 4)
      assert.deepEqual(
        socket.events(room).map(({ kind, data }) => [kind, data]),
        [
          ['reaction.added', { ...about, user_id: bob.userId, emoji: '👍', count: 1 }],
          ['reaction.added', { ...about, user_id: ada.userId, emoji: '👍', count: 2 }],
          ['reaction.added', { ...about, user_id: ada.userId, emoji: '🎉', count: 1 }],
          ['reaction.removed', { ...about, user_id: ada.userId, emoji: '👍', count: 1 }],
        ],
      )
      const shown = (reader: 'ada' | 'bob') => [
        { emoji: '👍', count: 1, user_ids: [bob.userId], reacted: reader === 'bob' },
        { emoji: '🎉', count: 1, user_ids: [ada.userId], reacted: reader === 'ada' },
      ]
      assert.deepEqual(await read(chat, ada, message_id), shown('ada'))
      assert.deepEqual(await read(chat, bob, message_id), shown('bob'))
    })

    test('a socket reacts as REST does, and is refused as REST is', async (t) => {
      const { chat, ada, bob, eve, room } = await startTalk()
      const { message_id } = await send(chat, ada, room)
      const [socket, strange] = [await TestSocket.open(t, chat, bob), await TestSocket.open(t, chat, eve)]
      const added = await socket.request('reaction.add', { message_id, emoji: '❤' })
      const heart = { emoji: '❤️', count: 1, user_ids: [bob.userId], reacted: true }
      assert.deepEqual(added.data, { message_id, reactions: [heart] })
      const removed = await socket.request('reaction.remove', { message_id, emoji: '❤️' })
      assert.deepEqual(removed.data, { message_id, reactions: [] })
      const refused = [
        await socket.request('reaction.add', { message_id, emoji: 'like' }),
        await strange.request('reaction.add', { message_id, emoji: '👍' }),
      ]
      assert.deepEqual(
        refused.map(({ error }) => error?.code),
        ['VALIDATION_ERROR', 'MESSAGE_NOT_FOUND'],
      )
    })

    test('what is no emoji is no reaction', async () => {
      const { chat, ada, room } = await startTalk()
      const { message_id } = await send(chat, ada, room)
      for (const text of ['x', ':+1:', '👍👍', '👍 ', '👍'.repeat(20)]) {
        assert.equal((await react(chat, ada, message_id, text)).code, 'VALIDATION_ERROR')
        assert.equal((await unreact(chat, ada, message_id, text)).code, 'VALIDATION_ERROR')
      }
      assert.deepEqual(await read(chat, ada, message_id), [])
    })

    test(`a message takes ${kinds} different emoji, and ${each} of one person; to one that is there everybody may add`, async () => {
      const { chat, ada } = await startTalk()
      const people = await createPeople(chat, 5)
      const group = await createRoom(chat, [ada, ...people])
      const { message_id } = await send(chat, ada, group)
      const outcomes = []
      for (const [index, emoji] of animals.slice(0, kinds + 1).entries()) {
        const person = people[Math.floor(index / each)]
        assert.ok(person)
        outcomes.push((await react(chat, person, message_id, emoji)).code)
      }
      assert.deepEqual(outcomes, [...Array(kinds).fill(undefined), 'LIMIT_REACHED'])
      for (const emoji of animals.slice(0, each)) assert.equal((await react(chat, ada, message_id, emoji)).status, 200)
      assert.equal((await react(chat, ada, message_id, animals[each] ?? '')).code, 'LIMIT_REACHED')
      assert.equal((await react(chat, ada, message_id, animals[0] ?? '')).status, 200)
      const shown = await read(chat, ada, message_id)
      assert.deepEqual(
        shown?.map(({ emoji, count }) => [emoji, count]),
        animals.slice(0, kinds).map((emoji, index) => [emoji, index < each ? 2 : 1]),
      )
    })

    test('a message names the first who react with an emoji, and the list all of them', async () => {
      const { chat } = await startTalk()
      const people = await createPeople(chat, limits.reactorsShown + 2)
      const [ada] = people
      assert.ok(ada)
      const room = await createRoom(chat, people)
      const { message_id } = await send(chat, ada, room)
      for (const person of people) await react(chat, person, message_id, '👍')
      await react(chat, ada, message_id, '🎉')
      const ids = people.map(({ userId }) => userId)
      const [thumbs] = (await read(chat, ada, message_id)) ?? []
      const named = ids.slice(0, limits.reactorsShown)
      assert.deepEqual(thumbs, { emoji: '👍', count: ids.length, user_ids: named, reacted: true })
      const listAll = async (only: { emoji?: string }) => {
        const found = []
        for (let cursor: { cursor?: string } = {}; ; ) {
          const query = { limit: 3, ...only, ...cursor }
          const { data } = await call(chat, reactions.list, { token: ada.token, params: { message_id }, query })
          found.push(...data.reactions.map(({ user_id, emoji }) => [user_id, emoji]))
          if (data.next_cursor === null) return found
          cursor = { cursor: data.next_cursor }
        }
      }
      const thumbed = ids.map((id) => [id, '👍'])
      assert.deepEqual(await listAll({ emoji: '👍' }), thumbed)
      assert.deepEqual(await listAll({}), [...thumbed, [ada.userId, '🎉']])
      const bad = { token: ada.token, params: { message_id }, query: { cursor: 'x' } }
      assert.equal((await call(chat, reactions.list, bad)).code, 'INVALID_CURSOR')
    })

    test('a block ends reactions between two, but not taking one back; encrypted conversations have none', async (t) => {
      const { chat, ada, bob, eve, room } = await startTalk({ type: 'direct' })
      const { message_id } = await send(chat, ada, room)
      await react(chat, bob, message_id, '👍')
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${ada.userId}, ${bob.userId})`
      assert.equal((await react(chat, bob, message_id, '🎉')).code, 'BLOCKED')
      assert.equal((await unreact(chat, bob, message_id, '👍')).status, 200)
      for (const answer of [await react(chat, eve, message_id, '👍'), await unreact(chat, eve, message_id, '👍')])
        assert.equal(answer.code, 'MESSAGE_NOT_FOUND')
      await chat.context.sql.execute`
        update conversations set is_e2ee_enabled = true where conversation_id = ${room}`
      for (const answer of [await react(chat, ada, message_id, '👍'), await unreact(chat, ada, message_id, '👍')])
        assert.equal(answer.code, 'E2EE_REQUIRED')
      const socket = await TestSocket.open(t, chat, ada)
      for (const type of ['reaction.add', 'reaction.remove'] as const)
        assert.equal((await socket.request(type, { message_id, emoji: '👍' })).error?.code, 'E2EE_REQUIRED')
    })

    test('a deleted message has lost its reactions and takes no more', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const { message_id } = await send(chat, ada, room)
      await react(chat, bob, message_id, '👍')
      await call(chat, messages.delete, { token: ada.token, params: { message_id } })
      assert.deepEqual(await read(chat, ada, message_id), [])
      assert.equal((await react(chat, bob, message_id, '👍')).code, 'CONFLICT')
      assert.equal((await unreact(chat, bob, message_id, '👍')).status, 200)
      const { sql } = chat.context
      assert.equal(await sql.execute`select 1 from reactions where conversation_id = ${room}`, 0)
    })

    test('who sends, repeats, edits or forwards a message is answered with the reactions that a reader sees', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const answers = (status: number, { data, ...answer }: Awaited<ReturnType<typeof edit>>) => {
        assert.equal(answer.status, status, JSON.stringify(answer.error))
        return data.reactions
      }
      const body = { conversation_id: room, client_id: 'once', content: 'first', message_type: 'text' } as const
      const sendOnce = () => call(chat, messages.send, { token: ada.token, body })
      const sent = await sendOnce()
      const { message_id } = sent.data
      const edit = (content: string) =>
        call(chat, messages.edit, { token: ada.token, params: { message_id }, body: { content } })
      const again = { message_id, conversation_id: room, client_id: 'twice' }
      const forward = () => call(chat, messages.forward, { token: bob.token, body: again })
      assert.deepEqual(answers(201, sent), [])
      assert.deepEqual(answers(201, await forward()), [])
      await react(chat, bob, message_id, '👍')
      const shown = [{ emoji: '👍', count: 1, user_ids: [bob.userId], reacted: false }]
      for (const answer of [await sendOnce(), await edit('second'), await edit('second')])
        assert.deepEqual(answers(answer.status, answer), shown)
      assert.deepEqual(answers(201, await forward()), [])
      const deleted = await call(chat, messages.delete, { token: ada.token, params: { message_id } })
      assert.deepEqual(answers(200, deleted), [])
    })

    test('reactions after an edit leave the edit as it is', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const { message_id } = await send(chat, ada, room)
      const edit = { token: ada.token, params: { message_id }, body: { content: 'second' } }
      await call(chat, messages.edit, edit)
      for (const emoji of ['👍', '🎉']) await react(chat, bob, message_id, emoji)
      const query = { conversation_id: room }
      const { data } = await call(chat, messages.list, { token: bob.token, query })
      assert.equal(data.messages[0]?.content, 'second')
    })

    test('who came later does not learn with what others react to what was before', async (t) => {
      const { chat, ada, bob, room } = await startTalk()
      const { message_id, seq } = await send(chat, ada, room)
      await chat.context.sql.execute`
        update members set visible_from = ${seq + 1} where conversation_id = ${room} and user_id = ${bob.userId}`
      const socket = await TestSocket.open(t, chat, bob)
      await socket.subscribe({ [room]: null })
      await react(chat, ada, message_id, '👍')
      await socket.reach(room, seq + 1)
      const read = await socket.request('events.get', { conversation_id: room, after_seq: 0 })
      for (const shown of [socket.events(room), read.data])
        assert.ok(JSON.stringify(shown).includes('"author_id":null') && !JSON.stringify(shown).includes('👍'))
      assert.equal((await react(chat, bob, message_id, '👍')).code, 'MESSAGE_NOT_FOUND')
    })
  })
}

for (const keeping of allKeepings) {
  suite(`reactions to old messages on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('people react to what is only in the archive, and it is not written anew for that', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const { conversationId, userId } = room
      const { message_id: messageId, seq } = await room.send('long ago')
      await room.archive()
      await room.forgetLog()
      const [archived] = await context.archive.load([{ conversationId, seqs: [seq] }])
      await addReactionTo(context, { messageId, userId, emoji: '👍' })
      await addReactionTo(context, { messageId, userId, emoji: '🎉' })
      await removeReactionFrom(context, { messageId, userId, emoji: '👍' })
      const left = [{ emoji: '🎉', count: 1, user_ids: [userId], reacted: true }]
      assert.deepEqual((await room.list()).messages[0]?.reactions, left)
      await room.archive()
      await room.forgetLog()
      assert.deepEqual((await room.list()).messages[0]?.reactions, left)
      assert.deepEqual(await context.archive.load([{ conversationId, seqs: [seq] }]), [archived])
    })
  })
}
