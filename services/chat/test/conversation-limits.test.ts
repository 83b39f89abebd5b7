import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, limits } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

/** So many people who exist, without a request for each. */
async function createCrowd({ context: { sql } }: Chat, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId())
  await sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    select id, id::text, id::text, id::text, id::text, 'Somebody', 'none', 'none' from unnest(${ids}::uuid[]) as id`
  return ids
}

const create = (chat: Chat, { token }: Person, participant_ids: readonly string[], more: object = {}) =>
  call(chat, conversations.create, { token, body: { type: 'group', participant_ids, ...more } })

const add = (chat: Chat, { token }: Person, conversation_id: string, user_ids: readonly string[]) =>
  call(chat, conversations.addParticipants, { token, params: { conversation_id }, body: { user_ids } })

async function befriend({ context: { sql } }: Chat, a: Person, b: Person): Promise<void> {
  const [low, high] = [a.userId, b.userId].sort()
  await sql.execute`
    insert into friendships (low_id, high_id, asked_by, request_id, state)
    values (${low ?? ''}, ${high ?? ''}, ${a.userId}, ${newId()}, 'friends')`
}

/** Puts somebody into so many groups of his own. */
async function makeBusy({ context: { sql } }: Chat, { userId }: Person, count: number): Promise<void> {
  await sql.execute`
    with made as (
      insert into conversations (conversation_id, type, created_by, member_count)
      select gen_random_uuid(), 'group', ${userId}, 1 from generate_series(1, ${count}::integer) returning conversation_id
    )
    insert into members (conversation_id, user_id, role, visible_from)
    select conversation_id, ${userId}, 'owner', 1 from made`
}

/** Puts a crowd into a group, as far as counting goes. */
async function fill(chat: Chat, id: string, count: number): Promise<void> {
  const { sql } = chat.context
  await sql.execute`
    insert into members (conversation_id, user_id, role, visible_from)
    select ${id}, user_id, 'member', 1 from unnest(${await createCrowd(chat, count)}::uuid[]) as user_id`
  await sql.execute`update conversations set member_count = member_count + ${count} where conversation_id = ${id}`
}

for (const engine of engines) {
  suite(`limits of conversations on ${engine}`, () => {
    const shared = shareChat(engine)
    const most = limits.participantsPerRequest

    test('a hundred people are added in one request, and not one more, nor anybody twice', async () => {
      const chat = shared()
      const owner = await createPerson(chat)
      const crowd = await createCrowd(chat, 2 * most + 1)
      assert.equal((await create(chat, owner, crowd.slice(0, most + 1))).code, 'VALIDATION_ERROR')
      const { status, data } = await create(chat, owner, crowd.slice(0, most))
      assert.deepEqual([status, data.member_count], [201, most + 1])
      const { conversation_id: id } = data
      assert.equal((await add(chat, owner, id, [])).code, 'VALIDATION_ERROR')
      assert.equal((await add(chat, owner, id, [crowd[most] ?? '', crowd[most] ?? ''])).code, 'VALIDATION_ERROR')
      assert.equal((await add(chat, owner, id, crowd.slice(most, 2 * most + 1))).code, 'VALIDATION_ERROR')
      const added = await add(chat, owner, id, crowd.slice(most, 2 * most))
      assert.deepEqual([added.status, added.data.participants.length], [201, most])
    })

    test('a group takes a thousand people, of whom many come at once, and not one more', async () => {
      const chat = shared()
      const owner = await createPerson(chat)
      const id = await createGroup(chat, owner)
      await fill(chat, id, limits.membersPerConversation - 3)
      const late = await createCrowd(chat, 5)
      assert.equal((await add(chat, owner, id, late.slice(0, 3))).code, 'LIMIT_REACHED')
      const answers = await Promise.all(late.map((userId) => add(chat, owner, id, [userId])))
      assert.deepEqual(answers.map(({ code }) => code ?? 'added').sort(), [
        'LIMIT_REACHED',
        'LIMIT_REACHED',
        'LIMIT_REACHED',
        'added',
        'added',
      ])
      const { data } = await call(chat, conversations.get, { token: owner.token, params: { conversation_id: id } })
      assert.equal(data.member_count, limits.membersPerConversation)
    })

    test('a person is in five thousand conversations and in no more, whoever would add him and how many at once', async () => {
      const chat = shared()
      const [busy, friend] = [await createPerson(chat), await createPerson(chat)]
      await befriend(chat, busy, friend)
      await makeBusy(chat, busy, limits.conversationsPerUser - 2)
      const id = await createGroup(chat, friend)
      const answers = await Promise.all([
        create(chat, busy, []),
        create(chat, friend, [busy.userId]),
        add(chat, friend, id, [busy.userId]),
        create(chat, busy, []),
      ])
      assert.deepEqual(answers.map(({ code }) => code ?? 'done').sort(), [
        'LIMIT_REACHED',
        'LIMIT_REACHED',
        'done',
        'done',
      ])
      const direct = { type: 'direct', participant_ids: [busy.userId] }
      assert.equal(
        (await call(chat, conversations.create, { token: friend.token, body: direct })).code,
        'LIMIT_REACHED',
      )
    })

    test('strangers fill up a part of what somebody can be in, and the rest is for friends and himself', async () => {
      const chat = shared()
      const [busy, friend, stranger] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      await befriend(chat, busy, friend)
      await makeBusy(chat, busy, limits.conversationsByStrangers - 1)
      const id = await createGroup(chat, stranger)
      assert.equal((await create(chat, stranger, [busy.userId])).status, 201)
      assert.equal((await create(chat, stranger, [busy.userId])).code, 'LIMIT_REACHED')
      assert.equal((await add(chat, stranger, id, [busy.userId])).code, 'LIMIT_REACHED')
      assert.equal((await create(chat, friend, [busy.userId])).status, 201)
      assert.equal((await create(chat, busy, [])).status, 201)
      assert.ok(await createDirect(chat, stranger, busy))
    })

    test('pages of conversations and members have up to a hundred', async () => {
      const chat = shared()
      const owner = await createPerson(chat)
      const id = await createGroup(chat, owner)
      await fill(chat, id, 150)
      const list = (limit: number) =>
        call(chat, conversations.listParticipants, {
          token: owner.token,
          params: { conversation_id: id },
          query: { limit },
        })
      assert.equal((await list(100)).data.participants.length, 100)
      assert.equal((await list(1)).data.participants.length, 1)
      for (const limit of [0, 101]) assert.equal((await list(limit)).code, 'VALIDATION_ERROR')
    })

    test('a direct conversation does not count as a new one when it is there', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const id = await createDirect(chat, ada, bob)
      await makeBusy(chat, bob, limits.conversationsPerUser)
      assert.equal(await createDirect(chat, ada, bob), id)
    })
  })
}
