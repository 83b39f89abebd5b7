import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, limits, messages, search } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createRoom } from './create-room.ts'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { until } from './until.ts'

type Query = Readonly<Record<string, string | number>>

const find = (chat: Chat, { token }: Person, query: Query) => call(chat, search.searchMessages, { token, query })

async function say(chat: Chat, { token }: Person, conversation_id: string, content: string, more: object = {}) {
  const body = { conversation_id, content, message_type: 'text', ...more }
  const { status, data, error } = await call(chat, messages.send, { token, body })
  assert.equal(status, 201, JSON.stringify(error))
  return data
}

/** Waits until all that was said can be found. */
const indexed = (chat: Chat, person: Person) =>
  until('all can be found', async () => (await find(chat, person, { q: 'x' })).data.index_lag_events === 0)

async function findTexts(chat: Chat, person: Person, query: Query) {
  const { status, data, error } = await find(chat, person, query)
  assert.equal(status, 200, JSON.stringify(error))
  return data.hits.map(({ message }) => message.content)
}

for (const engine of engines) {
  suite(`searching messages on ${engine}`, { concurrency: 3 }, () => {
    const shared = shareChat(engine)

    test('words are found in all of one’s conversations, newest first, or in the one that is named, with where they stand', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const [garden, direct] = [await createGroup(chat, ada, [bob]), await createDirect(chat, ada, bob)]
      await say(chat, bob, garden, 'The roses need water')
      await say(chat, ada, direct, 'I watered the roses, they needed it')
      await say(chat, bob, garden, 'Thank you for the ROSES')
      await indexed(chat, ada)
      const { data } = await find(chat, ada, { q: 'roses' })
      const [first, second, third] = data.hits
      assert.deepEqual(
        data.hits.map(({ message: { content, conversation_id }, highlights }) => [
          content,
          conversation_id,
          highlights.map(({ start, end }) => content?.slice(start, end)),
        ]),
        [
          ['Thank you for the ROSES', garden, ['ROSES']],
          ['I watered the roses, they needed it', direct, ['roses']],
          ['The roses need water', garden, ['roses']],
        ],
      )
      assert.ok(first && second && third && !data.has_more && data.next_cursor === null)
      assert.deepEqual(await findTexts(chat, ada, { q: 'roses wat', conversation_id: garden }), [
        'The roses need water',
      ])
      assert.deepEqual(await findTexts(chat, bob, { q: '"roses need"' }), ['The roses need water'])
      assert.deepEqual(await findTexts(chat, await createPerson(chat), { q: 'roses' }), [])
    })

    test('texts of scripts without spaces are found by any part of them', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const room = await createRoom(chat, [ada])
      const texts = ['東京都に住んでいます', '京都は古い', '학교에서 만나요', 'ไปโรงเรียนกัน', 'see you 🎉🎉']
      for (const text of texts) await say(chat, ada, room, text)
      await indexed(chat, ada)
      assert.deepEqual(await findTexts(chat, ada, { q: '京都' }), ['京都は古い', '東京都に住んでいます'])
      assert.deepEqual(await findTexts(chat, ada, { q: '東京' }), ['東京都に住んでいます'])
      assert.deepEqual(await findTexts(chat, ada, { q: 'す' }), ['東京都に住んでいます'])
      assert.deepEqual(await findTexts(chat, ada, { q: '교에' }), ['학교에서 만나요'])
      assert.deepEqual(await findTexts(chat, ada, { q: 'โรงเรียน' }), ['ไปโรงเรียนกัน'])
      assert.deepEqual(await findTexts(chat, ada, { q: '🎉' }), ['see you 🎉🎉'])
    })

    test('pages hold each hit once, also while new messages come and old ones go', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const rooms = [await createRoom(chat, [ada, bob]), await createRoom(chat, [ada, bob])]
      const sent = []
      for (let number = 0; number < 24; number++)
        sent.push(await say(chat, number % 3 ? ada : bob, rooms[number % 2] ?? '', `page ${number}`))
      await indexed(chat, ada)
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const query: Query = { q: 'page', limit: 5, ...(cursor !== null && { cursor }) }
        const { data } = await find(chat, ada, query)
        seen.push(...data.hits.map(({ message }) => message.message_id))
        cursor = data.next_cursor
        assert.equal(data.has_more, cursor !== null)
        await say(chat, bob, rooms[0] ?? '', `page, a newer one after ${seen.length}`)
        const last = sent[0]
        if (last) await call(chat, messages.delete, { token: bob.token, params: { message_id: last.message_id } })
        await indexed(chat, ada)
      } while (cursor !== null)
      const expected = sent.slice(1).map(({ message_id }) => message_id)
      assert.deepEqual(seen, expected.reverse())
    })

    test('hits can be narrowed to a sender, a time, and those with files', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const room = await createRoom(chat, [ada, bob])
      const file_id = newId()
      await chat.context.sql.execute`insert into files (file_id, owner_id) values (${file_id}, ${bob.userId})`
      const first = await say(chat, ada, room, 'plan a')
      const second = await say(chat, bob, room, 'plan b', { file_ids: [file_id] })
      const third = await say(chat, ada, room, 'plan c')
      await indexed(chat, ada)
      const q = 'plan'
      assert.deepEqual(await findTexts(chat, ada, { q, sender_id: ada.userId }), ['plan c', 'plan a'])
      assert.deepEqual(await findTexts(chat, ada, { q, has_files: 'true' }), ['plan b'])
      assert.deepEqual(await findTexts(chat, ada, { q, has_files: 'false' }), ['plan c', 'plan a'])
      const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
      assert.deepEqual(await findTexts(chat, ada, { q, from: inAnHour }), [])
      assert.deepEqual(await findTexts(chat, ada, { q, to: first.created_at }), [])
      const from = new Date(Date.parse(second.created_at)).toISOString()
      const found = await findTexts(chat, ada, { q, from, to: inAnHour })
      assert.ok(found.includes('plan b') && found.includes('plan c'), `${third.created_at} is after ${from}`)
    })

    test('who is not in a conversation finds nothing there, whoever he was, and does not learn that it is there', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada, [bob])
      await say(chat, ada, group, 'a secret recipe')
      await indexed(chat, ada)
      assert.equal((await findTexts(chat, bob, { q: 'recipe' })).length, 1)
      const unknown = await find(chat, bob, { q: 'recipe', conversation_id: newId() })
      assert.deepEqual(
        await find(chat, eve, { q: 'recipe', conversation_id: group }).then(({ error }) => error),
        unknown.error,
      )
      const params = { conversation_id: group, user_id: bob.userId }
      await call(chat, conversations.removeParticipant, { token: ada.token, params })
      assert.deepEqual(await findTexts(chat, bob, { q: 'recipe' }), [])
      assert.deepEqual([unknown.status, unknown.code], [404, 'CONVERSATION_NOT_FOUND'])
      assert.deepEqual((await find(chat, bob, { q: 'recipe', conversation_id: group })).error, unknown.error)
    })

    test('who joined later finds what was said since, where a group’s history begins for each with his joining', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const group = await createGroup(chat, ada)
      await chat.context.sql.execute`update conversations set history = 'joined' where conversation_id = ${group}`
      const before = await say(chat, ada, group, 'about bob, before')
      const params = { conversation_id: group }
      await call(chat, conversations.addParticipants, { token: ada.token, params, body: { user_ids: [bob.userId] } })
      await say(chat, ada, group, 'about bob, after')
      const edit = { params: { message_id: before.message_id }, body: { content: 'about bob, edited' } }
      await call(chat, messages.edit, { token: ada.token, ...edit })
      await indexed(chat, ada)
      assert.deepEqual(await findTexts(chat, bob, { q: 'about' }), ['about bob, after'])
      assert.equal((await findTexts(chat, ada, { q: 'about' })).length, 2)
    })

    test('encrypted conversations are not searched, and that is said', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const [plain, first, second] = [
        await createRoom(chat, [ada]),
        await createRoom(chat, [ada], { isEncrypted: true }),
        await createRoom(chat, [ada], { isEncrypted: true }),
      ]
      await say(chat, ada, plain, 'aGVsbG8= in the clear')
      await say(chat, ada, first, 'aGVsbG8=', { is_encrypted: true, group_epoch: 0 })
      await indexed(chat, ada)
      const all = (await find(chat, ada, { q: 'aGVsbG8' })).data
      assert.deepEqual([all.hits.length, all.encrypted_excluded], [1, 2])
      const one = (await find(chat, ada, { q: 'aGVsbG8', conversation_id: second })).data
      assert.deepEqual([one.hits.length, one.encrypted_excluded, one.index_lag_events], [0, 1, 0])
      const turned = { params: { conversation_id: plain }, body: { is_e2ee_enabled: true } }
      await chat.context.sql.execute`
        update members set role = 'owner' where conversation_id = ${plain} and user_id = ${ada.userId}`
      await call(chat, conversations.updateSettings, { token: ada.token, ...turned })
      const after = (await find(chat, ada, { q: 'aGVsbG8' })).data
      assert.deepEqual([after.hits.length, after.encrypted_excluded], [0, 3])
    })

    test('what cannot be searched for is refused, naming what is wrong', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const longest = 'x'.repeat(limits.searchCharacters)
      for (const q of ['', '!?', '"', ' ', `${longest}x`, 'a\u0000b', 'a\nb'])
        assert.equal((await find(chat, ada, { q })).code, 'VALIDATION_ERROR', q)
      assert.equal((await find(chat, ada, { q: longest })).status, 200)
      assert.equal((await find(chat, ada, {})).code, 'VALIDATION_ERROR')
      for (const q of ["'", "it's", 'a\\b', "x':* | 'y", '{}', ':*', "'a' & !b"])
        assert.ok([200, 400].includes((await find(chat, ada, { q })).status), q)
      for (const cursor of ['nonsense', 'e30', Buffer.from('{"before":1}').toString('base64url')])
        assert.equal((await find(chat, ada, { q: 'x', cursor })).code, 'INVALID_CURSOR')
      assert.equal((await find(chat, ada, { q: 'x', conversation_id: 'x' })).code, 'VALIDATION_ERROR')
      assert.equal((await find(chat, ada, { q: 'x', from: '2026-02-31' })).code, 'VALIDATION_ERROR')
    })

    test('a phrase whose words stand apart in many messages does not keep its one place from being found', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const room = await createRoom(chat, [ada])
      await say(chat, ada, room, 'red wine')
      const others = Array.from({ length: 110 }, (_, number) => say(chat, ada, room, `wine ${number}, not red`))
      await Promise.all(others)
      await indexed(chat, ada)
      const page = (await find(chat, ada, { q: '"red wine"', limit: 3 })).data
      assert.deepEqual([page.hits.length, page.has_more], [0, true], 'a page ends after a hundred others')
      const { data } = await find(chat, ada, { q: '"red wine"', limit: 3, cursor: page.next_cursor ?? '' })
      assert.equal(data.hits[0]?.message.content, 'red wine')
    })

    test('the words of a group go with it', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const group = await createGroup(chat, ada)
      await say(chat, ada, group, 'last words')
      await indexed(chat, ada)
      await call(chat, conversations.delete, { token: ada.token, params: { conversation_id: group } })
      assert.deepEqual(await findTexts(chat, ada, { q: 'words' }), [])
      const { sql } = chat.context
      const remove = () => sql.execute`select 1 from search_entries where conversation_id = ${group}`
      await until('they are gone', async () => (await remove()) === 0)
    })
  })
}
