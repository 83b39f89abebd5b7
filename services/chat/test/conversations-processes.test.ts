import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { conversations, type MemberRole } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { createDirect, createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { type Chat, call, createPeople, createPerson, onServers, type Person, startChatOn } from './test-chat.ts'

async function startTwo(t: TestContext): Promise<[Chat, Chat]> {
  const platform = await onServers(await createMigratedDatabase(t))
  return [await startChatOn(t, platform), await startChatOn(t, platform)]
}

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] ?? assert.fail()

type Place = { chat: Chat; conversation_id: string }

/** One of all that people may do with who is in a group, whether they may or not. */
function act({ chat, conversation_id }: Place, { token }: Person, { userId: user_id }: Person) {
  const params = { conversation_id, user_id }
  const setRole = (role: MemberRole) => call(chat, conversations.updateParticipant, { token, params, body: { role } })
  return pick([
    () => call(chat, conversations.addParticipants, { token, params, body: { user_ids: [user_id] } }),
    () => call(chat, conversations.removeParticipant, { token, params }),
    () => setRole('owner'),
    () => setRole('admin'),
    () => setRole('member'),
  ])()
}

/** Who is in a group with which role, by nothing but what its log tells. */
async function replay({ chat, conversation_id }: Place): Promise<Map<string, MemberRole>> {
  const roles = new Map<string, MemberRole>()
  const events = await listEvents(chat.context.sql, { conversationId: conversation_id })
  for (const [index, { seq, kind, data }] of events.entries()) {
    assert.equal(seq, index + 1)
    const { user_id, role, member } = data as {
      user_id: string
      role: MemberRole
      member?: { user_id: string; role: MemberRole }
    }
    if (kind === 'member.joined') roles.set(user_id, role)
    if (kind === 'member.left') assert.ok(roles.delete(user_id), 'somebody left who was not there')
    if (member) roles.set(member.user_id, member.role)
  }
  return roles
}

test('whatever many do at two processes, a group has one owner, and its log tells who is in it', async (t) => {
  const [here, there] = await startTwo(t)
  const people = await createPeople(here, 6)
  const [founder, ...others] = people
  assert.ok(founder)
  // It stays by a member who does nothing: a group that everybody left would end.
  const witness = await createPerson(here)
  const conversation_id = await createGroup(here, founder, [...others, witness])
  const place = { chat: here, conversation_id }
  for (let round = 0; round < scale(40, 5); round++) {
    const acts = Array.from({ length: 8 }, () =>
      act({ chat: pick([here, there]), conversation_id }, pick(people), pick(people)),
    )
    for (const { status, error } of await Promise.all(acts)) assert.ok(status < 500, JSON.stringify(error))
    const roles = await replay(place)
    assert.equal([...roles.values()].filter((role) => role === 'owner').length, 1)
    const params = { conversation_id }
    const listed = await call(there, conversations.listParticipants, {
      token: witness.token,
      params,
      query: { limit: 100 },
    })
    const shown = new Map(listed.data.participants.map(({ user_id, role }) => [user_id, role]))
    assert.deepEqual(shown, roles)
    const { data } = await call(here, conversations.get, { token: witness.token, params })
    assert.equal(data.member_count, roles.size)
  }
})

test('two people who begin to talk at two processes at once have one conversation', async (t) => {
  const [here, there] = await startTwo(t)
  for (let round = 0; round < scale(20, 3); round++) {
    const [ada, bob] = [await createPerson(here), await createPerson(here)]
    const ids = await Promise.all([
      createDirect(here, ada, bob),
      createDirect(there, bob, ada),
      createDirect(there, ada, bob),
    ])
    assert.equal(new Set(ids).size, 1)
  }
})

test('a request that is repeated at another process makes nothing twice', async (t) => {
  const [here, there] = await startTwo(t)
  const ada = await createPerson(here)
  const create = (chat: Chat, key: string) =>
    call(chat, conversations.create, {
      token: ada.token,
      headers: { 'idempotency-key': key },
      body: { type: 'group', participant_ids: [] },
    })
  const rounds = scale(20, 3)
  for (let round = 0; round < rounds; round++) {
    const key = randomUUID()
    const answers = await Promise.all([create(here, key), create(there, key), create(there, key)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 201])
    assert.equal(new Set(answers.map(({ data }) => data.conversation_id)).size, 1)
  }
  const { data } = await call(there, conversations.list, { token: ada.token, query: { limit: 100 } })
  assert.equal(data.conversations.length, rounds)
})

test('what a device is told by sync, while groups come and go at two processes, is in the end what there is', async (t) => {
  const [here, there] = await startTwo(t)
  const [ada, bob] = [await createPerson(here), await createPerson(here)]
  const known = new Set<string>()
  let since: string | undefined
  const follow = async () => {
    const { data } = await call(pick([here, there]), conversations.sync, {
      token: bob.token,
      query: { limit: 3, ...(since && { since }) },
    })
    for (const { conversation_id } of data.conversations) known.add(conversation_id)
    for (const { conversation_id } of data.removed) known.delete(conversation_id)
    since = data.next_cursor
    return data.has_more
  }
  const live = new Set<string>()
  const rounds = scale(40, 8)
  for (let round = 0; round < rounds; round++) {
    const conversation_id = await createGroup(pick([here, there]), ada, [bob])
    live.add(conversation_id)
    if (round % 3 === 0) {
      const gone = pick([...live])
      await call(there, conversations.delete, { token: ada.token, params: { conversation_id: gone } })
      live.delete(gone)
    }
    await follow()
  }
  while (await follow());
  while (await follow());
  assert.deepEqual(known, live)
})
