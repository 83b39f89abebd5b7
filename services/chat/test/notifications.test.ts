import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { conversations, messages, notifications } from '@secureconnect/protocol'
import { registerDevice } from './device-keys.ts'
import { createDirect, createGroup } from './groups.ts'
import { send, sendSilently } from './live-room.ts'
import { countUnread, listNotified, untilLookedAt, untilNotified } from './notified.ts'
import { commit, createCommit, sendSealed } from './sealed-groups.ts'
import { type Chat, call, createPerson, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const three = async (chat: Chat) =>
  [await createPerson(chat), await createPerson(chat), await createPerson(chat)] as const

/** A group whose newcomers have seen already that they were added. */
async function createQuietGroup(chat: Chat, owner: Person, people: readonly Person[], more = {}): Promise<string> {
  const id = await createGroup(chat, owner, people, more)
  await untilLookedAt(chat)
  for (const { token, userId } of people) {
    await call(chat, notifications.readAll, { token })
    await chat.context.sql.execute`delete from notifications where user_id = ${userId}`
  }
  return id
}

const setLevel = (chat: Chat, { token }: Person, conversation_id: string, body: object) =>
  call(chat, conversations.setNotifications, { token, params: { conversation_id }, body })

for (const engine of ['pglite', 'postgres'] as const) {
  suite(`notifications on ${engine}`, () => {
    const shared = shareChat(engine)

    test('however many messages wait in a conversation, one notification says so, with the words of the first', async () => {
      const chat = shared()
      const [ada, bob, eve] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      for (const text of ['first', 'second', 'third']) await send(chat, ada, id, text)
      const [notification] = await untilNotified(chat, bob, ['message'])
      await untilLookedAt(chat)
      assert.deepEqual((await listNotified(chat, bob)).length, 1)
      assert.deepEqual(
        [notification?.text, notification?.conversation_id, notification?.actor_id, notification?.is_read],
        ['first', id, ada.userId, false],
      )
      assert.equal((await listNotified(chat, ada)).length, 0)
    })

    test('who reads a conversation has read its notifications, on all devices; what comes then is news', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createDirect(chat, ada, bob)
      const { seq } = await send(chat, ada, id, 'one')
      await untilNotified(chat, bob, ['message'])
      assert.equal(await countUnread(chat, bob), 1)
      await call(chat, messages.read, { token: bob.token, body: { conversation_id: id, seq } })
      assert.equal(await countUnread(chat, bob), 0)
      assert.equal((await listNotified(chat, bob))[0]?.is_read, true)
      await send(chat, ada, id, 'two')
      await untilLookedAt(chat)
      const [news, ...others] = await listNotified(chat, bob)
      assert.deepEqual([news?.text, news?.is_read, others.length], ['two', false, 0])
    })

    test('levels hold for each conversation: all, mentions or nothing, for as long as was said', async () => {
      const chat = shared()
      const [ada, bob, eve] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      await setLevel(chat, bob, id, { level: 'mentions' })
      await setLevel(chat, eve, id, { level: 'none', until: new Date(Date.now() + 60_000).toISOString() })
      await send(chat, ada, id, 'to nobody')
      const mentions = [bob.userId, eve.userId]
      const body = { conversation_id: id, content: 'you two', message_type: 'text', mentions }
      await call(chat, messages.send, { token: ada.token, body })
      const [mention] = await untilNotified(chat, bob, ['mention'])
      assert.equal(mention?.text, 'you two')
      assert.deepEqual(await listNotified(chat, eve), [])
      await chat.context.sql.execute`
        update members set notification_until = now() where user_id = ${eve.userId} and conversation_id = ${id}`
      await send(chat, ada, id, 'again')
      await untilNotified(chat, eve, ['message'])
    })

    test('who is named in a message is told of that, and not of the message too; with all, everybody is', async () => {
      const chat = shared()
      const [ada, bob, eve] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      await setLevel(chat, eve, id, { level: 'mentions' })
      const said = { conversation_id: id, content: 'bob?', message_type: 'text' }
      const mentions = [bob.userId, ada.userId]
      await call(chat, messages.send, { token: ada.token, body: { ...said, mentions } })
      await untilNotified(chat, bob, ['mention'])
      await call(chat, messages.send, { token: ada.token, body: { ...said, mentions_all: true } })
      await untilNotified(chat, bob, ['mention', 'mention'])
      await untilNotified(chat, eve, ['mention'])
      assert.deepEqual(await listNotified(chat, ada), [])
    })

    test('who is added to a group is told; who makes it or leaves it is not, and what he left is gone', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createGroup(chat, ada, [bob])
      const [added] = await untilNotified(chat, bob, ['group_added'])
      assert.deepEqual([added?.actor_id, added?.text], [ada.userId, null])
      assert.deepEqual(await listNotified(chat, ada), [])
      const params = { conversation_id: id, user_id: bob.userId }
      await call(chat, conversations.removeParticipant, { token: bob.token, params })
      assert.deepEqual(await listNotified(chat, bob), [])
      assert.equal(await countUnread(chat, bob), 0)
    })

    test('a deleted message takes its notifications along, and nothing keeps its words', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      const body = { conversation_id: id, content: 'regretted', message_type: 'text', mentions: [bob.userId] }
      const { data } = await call(chat, messages.send, { token: ada.token, body })
      await untilNotified(chat, bob, ['mention'])
      await call(chat, messages.delete, { token: ada.token, params: { message_id: data.message_id } })
      assert.deepEqual(await listNotified(chat, bob), [])
      assert.equal(await countUnread(chat, bob), 0)
    })

    test('where the first of several unread messages is deleted, the notification goes on to the next', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      const first = await send(chat, ada, id, 'first')
      const second = await send(chat, ada, id, 'second')
      await untilNotified(chat, bob, ['message'])
      await untilLookedAt(chat)
      await call(chat, messages.delete, { token: ada.token, params: { message_id: first.message_id } })
      const [left] = await listNotified(chat, bob)
      assert.deepEqual([left?.text, left?.message_id, left?.is_read], ['second', second.message_id, false])
      await call(chat, messages.delete, { token: ada.token, params: { message_id: second.message_id } })
      assert.deepEqual(await listNotified(chat, bob), [])
    })

    test('an expired message is not shown any more, even before it is removed', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      const { seq } = await send(chat, ada, id, 'burn')
      await untilNotified(chat, bob, ['message'])
      await chat.context.sql.execute`
        update conversation_log set expires_at = now() where conversation_id = ${id} and seq = ${seq}`
      assert.deepEqual(await listNotified(chat, bob), [])
      assert.equal(await countUnread(chat, bob), 0)
    })

    test('nobody hears of who is blocked, whichever of them blocks, before and after', async () => {
      const chat = shared()
      const [ada, bob, eve] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      await send(chat, ada, id, 'to eve')
      await untilNotified(chat, eve, ['message'])
      assert.deepEqual(await listNotified(chat, bob), [])
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${ada.userId}, ${eve.userId})`
      assert.deepEqual(await listNotified(chat, eve), [])
    })

    test('of encrypted messages no notification has words', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob], { is_e2ee_enabled: true })
      await registerDevice(chat, ada)
      assert.equal((await commit(chat, ada, id, createCommit(0))).status, 201)
      assert.equal((await sendSealed(chat, ada, id, 1)).status, 201)
      const [notification] = await untilNotified(chat, bob, ['message'])
      assert.equal(notification?.text, null)
    })

    test('sockets hear of a notification at once, and never what the message says', async (t) => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      const socket = await TestSocket.open(t, chat, bob)
      const { message_id } = await send(chat, ada, id, 'canary-on-the-wire')
      const frame = await socket.next(({ type }) => type === 'notification')
      assert.deepEqual([frame.kind, frame.conversation_id, frame.message_id], ['message', id, message_id])
      assert.doesNotMatch(JSON.stringify(frame), /canary/)
    })

    test('what a process committed and told nobody of is found by the sweep', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      await sendSilently(chat, ada, { conversationId: id, texts: ['left behind'] })
      const [notification] = await untilNotified(chat, bob, ['message'])
      assert.equal(notification?.text, 'left behind')
    })

    test('what somebody turned off, he does not hear of', async () => {
      const chat = shared()
      const [ada, bob, eve] = await three(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      const body = { message_enabled: false }
      await call(chat, notifications.setPreferences, { token: bob.token, body })
      const { data } = await call(chat, notifications.setPreferences, {
        token: bob.token,
        body: { system_enabled: false },
      })
      assert.deepEqual([data.message_enabled, data.system_enabled, data.push_enabled], [false, false, true])
      const mention = { conversation_id: id, content: 'bob?', message_type: 'text', mentions: [bob.userId] }
      await call(chat, messages.send, { token: ada.token, body: mention })
      await createGroup(chat, ada, [bob, eve])
      await untilNotified(chat, eve, ['group_added', 'message'])
      assert.deepEqual(await listNotified(chat, bob), [])
    })

    test('hours without pushes need a time zone that there is', async () => {
      const chat = shared()
      const { token } = await createPerson(chat)
      const hours = { from: '22:00', until: '07:00', time_zone: 'Europe/Atlantis' }
      const refused = await call(chat, notifications.setPreferences, { token, body: { quiet_hours: hours } })
      assert.equal(refused.code, 'VALIDATION_ERROR')
      const quiet_hours = { ...hours, time_zone: 'Europe/Berlin' }
      const { data } = await call(chat, notifications.setPreferences, { token, body: { quiet_hours } })
      assert.deepEqual(data.quiet_hours, quiet_hours)
      const off = await call(chat, notifications.setPreferences, { token, body: { quiet_hours: null } })
      assert.equal(off.data.quiet_hours, null)
    })

    test('a notification can be read, removed and read with all others; those of others cannot', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      await createGroup(chat, ada, [bob])
      await createGroup(chat, ada, [bob])
      const [newer, older] = await untilNotified(chat, bob, ['group_added', 'group_added'])
      const params = { notification_id: newer?.notification_id ?? '' }
      assert.equal((await call(chat, notifications.read, { token: ada.token, params })).code, 'NOT_FOUND')
      assert.equal((await call(chat, notifications.read, { token: bob.token, params })).status, 200)
      assert.equal(await countUnread(chat, bob), 1)
      assert.equal((await call(chat, notifications.delete, { token: ada.token, params })).code, 'NOT_FOUND')
      assert.equal((await call(chat, notifications.delete, { token: bob.token, params })).status, 200)
      assert.equal((await call(chat, notifications.delete, { token: bob.token, params })).code, 'NOT_FOUND')
      assert.deepEqual(
        (await listNotified(chat, bob)).map(({ notification_id }) => notification_id),
        [older?.notification_id],
      )
      await call(chat, notifications.readAll, { token: bob.token })
      assert.equal(await countUnread(chat, bob), 0)
    })

    test('pages follow one another without repeating or leaving out', async () => {
      const chat = shared()
      const [ada, bob] = await three(chat)
      for (let count = 0; count < 5; count++) await createGroup(chat, ada, [bob])
      const all = await untilNotified(chat, bob, Array(5).fill('group_added'))
      const paged = []
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const query = { limit: 2, ...(cursor && { cursor }) }
        const { data } = await call(chat, notifications.list, { token: bob.token, query })
        paged.push(...data.notifications)
        cursor = data.next_cursor
      }
      assert.deepEqual(paged, all)
    })
  })
}
