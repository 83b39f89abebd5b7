import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, type MemberRole } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createDirect, createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { type Chat, call, createPeople, createPerson, engines, type Person, shareChat } from './test-chat.ts'

type Place = { chat: Chat; id: string }

const add = ({ chat, id }: Place, by: Person, people: readonly Person[]) =>
  call(chat, conversations.addParticipants, {
    token: by.token,
    params: { conversation_id: id },
    body: { user_ids: people.map(({ userId }) => userId) },
  })

const remove = ({ chat, id }: Place, by: Person, person: Person) =>
  call(chat, conversations.removeParticipant, {
    token: by.token,
    params: { conversation_id: id, user_id: person.userId },
  })

const setRole = ({ chat, id }: Place, by: Person, person: Person, role: MemberRole) =>
  call(chat, conversations.updateParticipant, {
    token: by.token,
    params: { conversation_id: id, user_id: person.userId },
    body: { role },
  })

const get = ({ chat, id }: Place, { token }: Person) =>
  call(chat, conversations.get, { token, params: { conversation_id: id } })

async function listRoles({ chat, id }: Place, { token }: Person): Promise<Record<string, MemberRole>> {
  const { data } = await call(chat, conversations.listParticipants, {
    token,
    params: { conversation_id: id },
    query: { limit: 100 },
  })
  return Object.fromEntries(data.participants.map(({ user_id, role }) => [user_id, role]))
}

async function listKinds({ chat, id }: Place): Promise<string[]> {
  const events = await listEvents(chat.context.sql, { conversationId: id })
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
  )
  return events.map(({ kind }) => kind)
}

/** A group with an owner, an admin and a member, and a stranger to it. */
async function startGroup(chat: Chat) {
  const [owner, admin, member, stranger] = [
    await createPerson(chat),
    await createPerson(chat),
    await createPerson(chat),
    await createPerson(chat),
  ]
  const place = { chat, id: await createGroup(chat, owner, [admin, member]) }
  assert.equal((await setRole(place, owner, admin, 'admin')).status, 200)
  return { ...place, owner, admin, member, stranger }
}

for (const engine of engines) {
  suite(`participants on ${engine}`, () => {
    const shared = shareChat(engine)

    test('owners and admins add people, members and strangers do not', async () => {
      const group = await startGroup(shared())
      const { owner, admin, member, stranger } = group
      const friend = await createPerson(group.chat)
      assert.equal((await add(group, member, [friend])).code, 'FORBIDDEN')
      assert.equal((await add(group, stranger, [friend])).code, 'CONVERSATION_NOT_FOUND')
      const { status, data } = await add(group, admin, [friend, member])
      assert.equal(status, 201)
      assert.deepEqual(
        data.participants.map(({ user_id, username, role }) => [user_id, username, role]),
        [
          [member.userId, member.username, 'member'],
          [friend.userId, friend.username, 'member'],
        ],
      )
      assert.equal((await add(group, owner, [stranger])).status, 201)
      const { member_count } = (await get(group, stranger)).data
      assert.equal(member_count, 5)
      assert.deepEqual((await listKinds(group)).slice(4), ['member.joined', 'member.joined'])
    })

    test('who is added twice at once is in it once, with one event', async () => {
      const group = await startGroup(shared())
      const { owner, admin, stranger } = group
      const answers = await Promise.all([owner, admin, owner, admin].map((by) => add(group, by, [stranger])))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201, 201, 201],
      )
      assert.deepEqual((await listKinds(group)).slice(4), ['member.joined'])
    })

    test('nobody is added who is not there, or whom whoever adds him blocks, or he him', async () => {
      const group = await startGroup(shared())
      const { owner, admin, stranger, chat } = group
      assert.equal((await add(group, owner, [{ ...stranger, userId: newId() }])).code, 'USER_NOT_FOUND')
      await chat.context.sql.execute`
        insert into blocks (user_id, blocked_id) values (${stranger.userId}, ${owner.userId})`
      assert.equal((await add(group, owner, [stranger])).code, 'BLOCKED')
      assert.equal((await add(group, admin, [stranger])).status, 201)
    })

    test('a removed member is a stranger at once, and begins anew when he is back', async () => {
      const group = await startGroup(shared())
      const { owner, member } = group
      assert.equal((await remove(group, owner, member)).status, 200)
      assert.equal((await get(group, member)).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await remove(group, member, member)).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await remove(group, owner, member)).code, 'USER_NOT_FOUND')
      assert.equal((await get(group, owner)).data.member_count, 2)
      await add(group, owner, [member])
      const { read_seq, last_seq, unread_count, visible_from, role } = (await get(group, member)).data
      assert.deepEqual(
        { read_seq, last_seq, unread_count, visible_from, role },
        {
          read_seq: 5,
          last_seq: 6,
          unread_count: 0,
          visible_from: 1,
          role: 'member',
        },
      )
      assert.deepEqual((await listKinds(group)).slice(4), ['member.left', 'member.joined'])
    })

    test('nobody removes somebody of the same or a higher role', async () => {
      const group = await startGroup(shared())
      const { owner, admin, member, stranger } = group
      await add(group, owner, [stranger])
      await setRole(group, owner, stranger, 'admin')
      for (const [by, whom] of [
        [admin, owner],
        [admin, stranger],
        [member, admin],
        [member, owner],
      ] as const)
        assert.equal((await remove(group, by, whom)).code, 'FORBIDDEN')
      assert.equal((await remove(group, admin, member)).status, 200)
      assert.equal((await remove(group, owner, admin)).status, 200)
    })

    test('when the owner leaves, the longest-standing admin follows, then the longest-standing member', async () => {
      const group = await startGroup(shared())
      const { owner, admin, member, stranger } = group
      await add(group, admin, [stranger])
      assert.equal((await remove(group, owner, owner)).status, 200)
      assert.deepEqual(await listRoles(group, admin), {
        [admin.userId]: 'owner',
        [member.userId]: 'member',
        [stranger.userId]: 'member',
      })
      await remove(group, admin, admin)
      assert.deepEqual(await listRoles(group, member), { [member.userId]: 'owner', [stranger.userId]: 'member' })
    })

    test('only the owner changes roles, and whom he makes the owner he stands under', async () => {
      const group = await startGroup(shared())
      const { owner, admin, member, stranger } = group
      assert.equal((await setRole(group, admin, member, 'admin')).code, 'FORBIDDEN')
      assert.equal((await setRole(group, member, member, 'owner')).code, 'FORBIDDEN')
      assert.equal((await setRole(group, stranger, member, 'owner')).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await setRole(group, owner, stranger, 'admin')).code, 'USER_NOT_FOUND')
      assert.equal((await setRole(group, owner, owner, 'member')).code, 'FORBIDDEN')
      const { data } = await setRole(group, owner, member, 'owner')
      assert.deepEqual([data.user_id, data.role], [member.userId, 'owner'])
      assert.deepEqual(await listRoles(group, owner), {
        [owner.userId]: 'admin',
        [admin.userId]: 'admin',
        [member.userId]: 'owner',
      })
      const before = await listKinds(group)
      assert.equal((await setRole(group, member, admin, 'admin')).status, 200)
      assert.deepEqual(await listKinds(group), before)
    })

    test('owners who hand a group on at the same time leave it with one owner', async () => {
      const group = await startGroup(shared())
      const { owner, admin, member } = group
      await Promise.all([setRole(group, owner, admin, 'owner'), setRole(group, owner, member, 'owner')])
      const roles = Object.values(await listRoles(group, owner))
      assert.equal(roles.filter((role) => role === 'owner').length, 1)
    })

    test('two people stay two: nobody is added, removed or raised', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const direct = { chat, id: await createDirect(chat, ada, bob) }
      assert.equal((await add(direct, ada, [eve])).code, 'FORBIDDEN')
      assert.equal((await remove(direct, ada, bob)).code, 'FORBIDDEN')
      assert.equal((await setRole(direct, ada, bob, 'admin')).code, 'FORBIDDEN')
    })

    test('an encrypted group changes its members by commits, but everybody may leave', async () => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      const group = { chat, id: await createGroup(chat, ada, [bob], { is_e2ee_enabled: true }) }
      assert.equal((await add(group, ada, [eve])).code, 'E2EE_REQUIRED')
      assert.equal((await remove(group, ada, bob)).code, 'E2EE_REQUIRED')
      assert.equal((await remove(group, bob, bob)).status, 200)
    })

    test('a list of members goes on page by page in the order they joined', async () => {
      const chat = shared()
      const people = await createPeople(chat, 7)
      const [owner, ...others] = people
      assert.ok(owner)
      const group = { chat, id: await createGroup(chat, owner) }
      for (const person of others) await add(group, owner, [person])
      const listed: string[] = []
      let cursor: string | undefined
      do {
        const { data } = await call(chat, conversations.listParticipants, {
          token: owner.token,
          params: { conversation_id: group.id },
          query: { limit: 3, ...(cursor && { cursor }) },
        })
        listed.push(...data.participants.map(({ user_id }) => user_id))
        cursor = data.next_cursor ?? undefined
      } while (cursor)
      assert.deepEqual(
        listed,
        people.map(({ userId }) => userId),
      )
    })
  })
}
