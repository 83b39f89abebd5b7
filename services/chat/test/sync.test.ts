import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type AnswerOf, conversations, messages } from '@secureconnect/protocol'
import { createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat, startChat } from './test-chat.ts'

type Answer = AnswerOf<typeof conversations.sync>

const ask = (chat: Chat, { token }: Person, query: { since?: string; limit?: number } = {}) =>
  call(chat, conversations.sync, { token, query })

/** All pages from a cursor on, and the cursor after them. */
async function follow(chat: Chat, person: Person, since?: string, limit = 100) {
  const ids: string[] = []
  const removed: Answer['removed'] = []
  for (let cursor = since; ; ) {
    const { data } = await ask(chat, person, { limit, ...(cursor && { since: cursor }) })
    ids.push(...data.conversations.map(({ conversation_id }) => conversation_id))
    removed.push(...data.removed)
    cursor = data.next_cursor
    if (!data.has_more) return { ids, removed, cursor }
  }
}

/** Everything is as long ago as if the overlap of two rounds were over. */
async function age({ context: { sql } }: Chat, seconds = 60): Promise<void> {
  await sql.execute`update conversations set changed_at = changed_at - ${seconds}::integer * interval '1 second'`
  await sql.execute`
    update members set changed_at = changed_at - ${seconds}::integer * interval '1 second',
      left_at = left_at - ${seconds}::integer * interval '1 second'`
}

const send = (chat: Chat, { token }: Person, conversation_id: string) =>
  call(chat, messages.send, { token, body: { conversation_id, content: 'hello', message_type: 'text' } })

const remove = (chat: Chat, by: Person, conversation_id: string, user_id: string) =>
  call(chat, conversations.removeParticipant, { token: by.token, params: { conversation_id, user_id } })

for (const engine of engines) {
  suite(`sync on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a new device gets all conversations in pages, and afterwards what changed', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const ids = []
      for (let count = 0; count < 5; count++) ids.push(await createGroup(chat, ada, [bob]))
      await createGroup(chat, bob)
      const first = await follow(chat, ada, undefined, 2)
      assert.deepEqual(first.ids, ids)
      await age(chat)
      const idle = await follow(chat, ada, first.cursor)
      assert.deepEqual(idle.ids, [])
      const [, second = '', , fourth = ''] = ids
      await send(chat, bob, fourth)
      await send(chat, bob, second)
      const later = await ask(chat, ada, { since: idle.cursor })
      assert.deepEqual(
        later.data.conversations.map(({ conversation_id, unread_count, last_message }) => [
          conversation_id,
          unread_count,
          last_message?.content,
        ]),
        [
          [fourth, 1, 'hello'],
          [second, 1, 'hello'],
        ],
      )
    })

    test('what changes while somebody goes from page to page is told then or the next time', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const ids = []
      for (let count = 0; count < 6; count++) ids.push(await createGroup(chat, ada, [bob]))
      const seen = new Map<string, number>()
      let since: string | undefined
      let sent = 0
      for (let round = 0; round < 12 || sent < 6; round++) {
        const { data } = await ask(chat, ada, { limit: 2, ...(since && { since }) })
        for (const { conversation_id, last_seq } of data.conversations) seen.set(conversation_id, last_seq)
        since = data.next_cursor
        if (sent < 6) await send(chat, bob, ids[sent++] ?? '')
      }
      assert.deepEqual(
        ids.map((id) => seen.get(id)),
        ids.map(() => 3),
      )
    })

    test('who was removed hears of it for thirty days, and no more of what happens there', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const id = await createGroup(chat, ada, [bob, eve])
      const { cursor } = await follow(chat, bob)
      await remove(chat, ada, id, bob.userId)
      const told = await follow(chat, bob, cursor)
      assert.deepEqual(told.ids, [])
      assert.deepEqual(
        told.removed.map(({ conversation_id }) => conversation_id),
        [id],
      )
      await age(chat)
      await send(chat, eve, id)
      assert.deepEqual((await follow(chat, bob, told.cursor)).removed, [])
      assert.deepEqual((await follow(chat, bob)).removed, [])
    })

    test('what a member changes for himself comes to his other devices, and not to others', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const id = await createGroup(chat, ada, [bob])
      const [own, other] = [(await follow(chat, ada)).cursor, (await follow(chat, bob)).cursor]
      await age(chat)
      const params = { conversation_id: id }
      await call(chat, conversations.setNotifications, { token: ada.token, params, body: { level: 'none' } })
      assert.deepEqual((await follow(chat, ada, own)).ids, [id])
      assert.deepEqual((await follow(chat, bob, other)).ids, [])
    })

    test('a cursor is refused when it is older than what is kept, or none of ours', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const write = (round: object) => Buffer.from(JSON.stringify(round)).toString('base64url')
      const daysAgo = (days: number) => (Date.now() - days * 86_400_000) * 1_000
      assert.equal((await ask(chat, ada, { since: write({ since: daysAgo(29.9) }) })).status, 200)
      for (const since of [
        'x',
        write({ since: daysAgo(30.1) }),
        write({ since: -1 }),
        write({}),
        write({ since: '0' }),
      ])
        assert.equal((await ask(chat, ada, { since })).code, 'INVALID_CURSOR')
    })
  })
}

test('a change that was under way while a device asked is told the next time', async (t) => {
  const chat = await startChat(t, 'postgres')
  const ada = await createPerson(chat)
  const id = await createGroup(chat, ada)
  await age(chat)
  const [written, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const change = chat.context.sql.transaction(async (tx) => {
    await tx.execute`update conversations set changed_at = clock_timestamp() where conversation_id = ${id}`
    written.resolve()
    await asked.promise
  })
  await written.promise
  // The first answer holds the group as it was before.
  const { cursor } = await follow(chat, ada)
  asked.resolve()
  await change
  assert.deepEqual((await follow(chat, ada, cursor)).ids, [id])
})
