import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, limits, messages } from '@secureconnect/protocol'
import { createDirect, createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'

type Place = { chat: Chat; id: string }

const change = ({ chat, id }: Place, { token }: Person, body: object) =>
  call(chat, conversations.update, { token, params: { conversation_id: id }, body })
const settle = ({ chat, id }: Place, { token }: Person, body: object) =>
  call(chat, conversations.updateSettings, { token, params: { conversation_id: id }, body })
const notify = ({ chat, id }: Place, { token }: Person, body: object) =>
  call(chat, conversations.setNotifications, { token, params: { conversation_id: id }, body })
const get = ({ chat, id }: Place, { token }: Person) =>
  call(chat, conversations.get, { token, params: { conversation_id: id } })

async function listUpdates({ chat, id }: Place): Promise<unknown[]> {
  const events = await listEvents(chat.context.sql, { conversationId: id })
  return events.filter(({ kind }) => kind === 'conversation.updated').map(({ data }) => data)
}

async function startGroup(chat: Chat) {
  const [owner, member, stranger] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
  return { chat, id: await createGroup(chat, owner, [member], { title: 'Garden' }), owner, member, stranger }
}

async function startDirect(chat: Chat) {
  const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
  return { chat, id: await createDirect(chat, ada, bob), ada, bob }
}

for (const engine of engines) {
  suite(`settings of conversations on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a group is renamed by those who manage it, with an event of what changed', async () => {
      const group = await startGroup(shared())
      const { owner, member, stranger } = group
      assert.equal((await change(group, member, { title: 'Mine' })).code, 'FORBIDDEN')
      assert.equal((await change(group, stranger, { title: 'Mine' })).code, 'CONVERSATION_NOT_FOUND')
      const avatar_url = 'https://example.org/tree.png'
      const { data } = await change(group, owner, { title: 'Orchard', avatar_url })
      assert.deepEqual([data.title, data.avatar_url], ['Orchard', avatar_url])
      assert.equal((await change(group, owner, { title: 'Orchard', avatar_url: null })).data.avatar_url, null)
      assert.equal((await change(group, owner, {})).data.title, 'Orchard')
      const by = owner.userId
      assert.deepEqual(await listUpdates(group), [
        { by, title: 'Orchard', avatar_url },
        { by, avatar_url: null },
      ])
    })

    test('a title takes a hundred characters of any script, and none that is blank or controls anything', async () => {
      const group = await startGroup(shared())
      for (const title of ['x'.repeat(limits.titleCharacters), 'שלום', '👩‍👩‍👧‍👦'])
        assert.equal((await change(group, group.owner, { title })).data.title, title)
      for (const title of ['x'.repeat(limits.titleCharacters + 1), '', '   ', 'a\u0000b', 'a\nb', null])
        assert.equal((await change(group, group.owner, { title })).code, 'VALIDATION_ERROR')
    })

    test('a conversation of two cannot be renamed', async () => {
      const direct = await startDirect(shared())
      assert.equal((await change(direct, direct.ada, { title: 'Us' })).code, 'FORBIDDEN')
    })

    test('either of two people changes how their messages live; in a group only those who manage it do', async () => {
      const direct = await startDirect(shared())
      const settings = { message_ttl_seconds: 3_600, retention_days: 30, history: 'joined' }
      const { data } = await settle(direct, direct.bob, settings)
      const { message_ttl_seconds, retention_days, history } = data
      assert.deepEqual({ message_ttl_seconds, retention_days, history }, settings)
      assert.equal((await settle(direct, direct.ada, { message_ttl_seconds: null })).data.message_ttl_seconds, null)
      const group = await startGroup(shared())
      assert.equal((await settle(group, group.member, settings)).code, 'FORBIDDEN')
      assert.equal((await settle(group, group.stranger, settings)).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await settle(group, group.owner, settings)).status, 200)
      assert.deepEqual(await listUpdates(group), [{ by: group.owner.userId, ...settings }])
    })

    test('lives of messages are taken at their limits and refused beyond them', async () => {
      const group = await startGroup(shared())
      const { messageTtlSeconds: ttl, retentionDays: days } = limits
      for (const [name, { min, max }] of Object.entries({ message_ttl_seconds: ttl, retention_days: days })) {
        for (const value of [min, max]) assert.equal((await settle(group, group.owner, { [name]: value })).status, 200)
        for (const value of [min - 1, max + 1, 1.5, '5'])
          assert.equal((await settle(group, group.owner, { [name]: value })).code, 'VALIDATION_ERROR')
      }
    })

    test('encryption is turned on once and never off, and who comes later sees nothing from before', async () => {
      const group = await startGroup(shared())
      const { owner, chat, id } = group
      assert.equal((await settle(group, owner, { is_e2ee_enabled: false })).status, 200)
      assert.equal((await settle(group, owner, { is_e2ee_enabled: true })).data.is_e2ee_enabled, true)
      assert.equal((await settle(group, owner, { is_e2ee_enabled: false })).code, 'CONFLICT')
      assert.equal((await settle(group, owner, { is_e2ee_enabled: true })).status, 200)
      assert.deepEqual(await listUpdates(group), [{ by: owner.userId, is_e2ee_enabled: true }])
      const plain = { conversation_id: id, content: 'hello', message_type: 'text' } as const
      assert.equal((await call(chat, messages.send, { token: owner.token, body: plain })).code, 'E2EE_REQUIRED')
    })

    test('encryption is for 250 people and not for one more', async () => {
      const group = await startGroup(shared())
      const { sql } = group.chat.context
      await sql.execute`update conversations set member_count = 251 where conversation_id = ${group.id}`
      assert.equal((await settle(group, group.owner, { is_e2ee_enabled: true })).code, 'LIMIT_REACHED')
      await sql.execute`update conversations set member_count = 250 where conversation_id = ${group.id}`
      assert.equal((await settle(group, group.owner, { is_e2ee_enabled: true })).status, 200)
    })

    test('newcomers see all that was said, or only what comes after them, as the group has it', async () => {
      const group = await startGroup(shared())
      const { chat, id, owner } = group
      const newcomers = [await createPerson(chat), await createPerson(chat)] as const
      const add = (person: Person) =>
        call(chat, conversations.addParticipants, {
          token: owner.token,
          params: { conversation_id: id },
          body: { user_ids: [person.userId] },
        })
      await add(newcomers[0])
      await settle(group, owner, { history: 'joined' })
      await add(newcomers[1])
      const [first, second] = [(await get(group, newcomers[0])).data, (await get(group, newcomers[1])).data]
      assert.equal(first.visible_from, 1)
      assert.equal(second.visible_from, second.last_seq)
    })

    test('each member says what he is notified of, for himself and for as long as he says', async () => {
      const group = await startGroup(shared())
      const { owner, member, stranger } = group
      const until = new Date(Date.now() + 3_600_000).toISOString()
      const muted = (await notify(group, member, { level: 'none', until })).data
      assert.deepEqual([muted.notification_level, muted.notification_until], ['none', until])
      const unmuted = (await notify(group, member, { level: 'mentions', until: null })).data
      assert.deepEqual([unmuted.notification_level, unmuted.notification_until], ['mentions', null])
      const past = (await notify(group, member, { level: 'none', until: '2026-01-01T00:00:00.000Z' })).data
      assert.deepEqual([past.notification_level, past.notification_until], ['all', null])
      assert.equal((await get(group, owner)).data.notification_level, 'all')
      assert.equal((await notify(group, stranger, { level: 'none' })).code, 'CONVERSATION_NOT_FOUND')
      assert.deepEqual(await listUpdates(group), [])
    })
  })
}
