import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, OwnConversation } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createDirect, createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { type Chat, call, createPeople, engines, type Person, shareChat } from './test-chat.ts'

async function block({ context: { sql } }: Chat, person: Person, other: Person): Promise<void> {
  await sql.execute`insert into blocks (user_id, blocked_id) values (${person.userId}, ${other.userId})`
}

const create = (chat: Chat, { token }: Person, body: object) => call(chat, conversations.create, { token, body })
const get = (chat: Chat, { token }: Person, conversation_id: string) =>
  call(chat, conversations.get, { token, params: { conversation_id } })

for (const engine of engines) {
  suite(`conversations on ${engine}`, () => {
    const shared = shareChat(engine)

    test('whoever makes a group is its owner, and all in it see it, with an event for each', async () => {
      const chat = shared()
      const [ada, bob, eve] = await createPeople(chat, 3)
      assert.ok(ada && bob && eve)
      const body = { type: 'group', title: 'Garden', participant_ids: [bob.userId, ada.userId] }
      const { status, data } = await create(chat, ada, body)
      assert.equal(status, 201)
      const { conversation_id: id, title, role, member_count, last_seq, unread_count, peer_id, created_by } = data
      assert.deepEqual(
        { title, role, member_count, last_seq, unread_count, peer_id, created_by },
        {
          title: 'Garden',
          role: 'owner',
          member_count: 2,
          last_seq: 2,
          unread_count: 0,
          peer_id: null,
          created_by: ada.userId,
        },
      )
      const seen = (await get(chat, bob, id)).data
      assert.equal(seen.role, 'member')
      assert.deepEqual(Object.keys(seen).sort(), Object.keys(OwnConversation.properties).sort())
      assert.equal((await get(chat, eve, id)).code, 'CONVERSATION_NOT_FOUND')
      const events = await listEvents(chat.context.sql, { conversationId: id })
      assert.deepEqual(
        events.map(({ seq, kind, data: { user_id } }) => [seq, kind, user_id]),
        [
          [1, 'member.joined', ada.userId],
          [2, 'member.joined', bob.userId],
        ],
      )
    })

    test('two people have one conversation, whoever begins it and however many begin it at once', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople(chat, 2)
      assert.ok(ada && bob)
      const ids = await Promise.all([
        createDirect(chat, ada, bob),
        createDirect(chat, bob, ada),
        createDirect(chat, ada, bob),
        createDirect(chat, bob, ada),
      ])
      assert.equal(new Set(ids).size, 1)
      const again = await create(chat, bob, { type: 'direct', participant_ids: [ada.userId] })
      assert.deepEqual([again.status, again.data.peer_id, again.data.type], [200, ada.userId, 'direct'])
    })

    test('a direct conversation is with one other person, and has no title', async () => {
      const chat = shared()
      const [ada, bob, eve] = await createPeople(chat, 3)
      assert.ok(ada && bob && eve)
      const ids = [[], [ada.userId], [bob.userId, eve.userId]]
      for (const participant_ids of ids)
        assert.equal((await create(chat, ada, { type: 'direct', participant_ids })).code, 'VALIDATION_ERROR')
      const titled = { type: 'direct', participant_ids: [bob.userId], title: 'Us' }
      assert.equal((await create(chat, ada, titled)).code, 'VALIDATION_ERROR')
    })

    test('nobody begins a conversation with people who are not there, or whom one of them blocks', async () => {
      const chat = shared()
      const [ada, bob, eve] = await createPeople(chat, 3)
      assert.ok(ada && bob && eve)
      await block(chat, bob, ada)
      await chat.context.sql.execute`update users set erasing_at = now() where user_id = ${eve.userId}`
      const refusals: readonly [Person, string, string][] = [
        [ada, bob.userId, 'BLOCKED'],
        [bob, ada.userId, 'BLOCKED'],
        [ada, newId(), 'USER_NOT_FOUND'],
        [ada, eve.userId, 'USER_NOT_FOUND'],
      ]
      for (const [person, id, code] of refusals) {
        assert.equal((await create(chat, person, { type: 'direct', participant_ids: [id] })).code, code)
        assert.equal((await create(chat, person, { type: 'group', participant_ids: [id] })).code, code)
      }
    })

    test('a list shows the latest activity first, page by page, and nothing of others', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople(chat, 2)
      assert.ok(ada && bob)
      const made = []
      for (let count = 0; count < 5; count++) made.unshift(await createGroup(chat, ada, [bob]))
      await createGroup(chat, bob)
      const listed: string[] = []
      let cursor: string | undefined
      do {
        const { data } = await call(chat, conversations.list, {
          token: ada.token,
          query: { limit: 2, ...(cursor && { cursor }) },
        })
        listed.push(...data.conversations.map(({ conversation_id }) => conversation_id))
        cursor = data.next_cursor ?? undefined
      } while (cursor)
      assert.deepEqual(listed, made)
    })
  })
}
