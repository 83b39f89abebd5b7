import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { enqueueNotification } from '@secureconnect/notifications'
import { conversations, messages, notifications, polls, reactions } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { registerDevice } from './device-keys.ts'
import { createDirect, createGroup } from './groups.ts'
import { send, sendSilently } from './live-room.ts'
import {
  countUnread,
  createQuietGroup,
  createThree,
  listNotified,
  untilArchived,
  untilLookedAt,
  untilNotified,
} from './notified.ts'
import { commit, createCommit, sendSealed } from './sealed-groups.ts'
import { type Chat, call, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const setLevel = (chat: Chat, { token }: Person, conversation_id: string, body: object) =>
  call(chat, conversations.setNotifications, { token, params: { conversation_id }, body })

for (const engine of engines) {
  suite(`notifications on ${engine}`, () => {
    const shared = shareChat(engine)

    test('however many messages wait in a conversation, one notification says so, with the words of the first', async () => {
      const chat = shared()
      const [ada, bob, eve] = await createThree(chat)
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
      const [ada, bob] = await createThree(chat)
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
      const [ada, bob, eve] = await createThree(chat)
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
      const [ada, bob, eve] = await createThree(chat)
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
      const [ada, bob] = await createThree(chat)
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
      const [ada, bob] = await createThree(chat)
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
      const [ada, bob] = await createThree(chat)
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
      const [ada, bob] = await createThree(chat)
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
      const [ada, bob, eve] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      await send(chat, ada, id, 'to eve')
      await untilNotified(chat, eve, ['message'])
      assert.deepEqual(await listNotified(chat, bob), [])
      await send(chat, eve, id, 'to both')
      const [notification] = await untilNotified(chat, bob, ['message'])
      assert.equal(notification?.text, 'to both')
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${ada.userId}, ${eve.userId})`
      assert.deepEqual(await listNotified(chat, eve), [])
    })

    test('of encrypted messages no notification has words', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob], { is_e2ee_enabled: true })
      await registerDevice(chat, ada)
      assert.equal((await commit(chat, ada, id, createCommit(0))).status, 201)
      assert.equal((await sendSealed(chat, ada, id, 1)).status, 201)
      const [notification] = await untilNotified(chat, bob, ['message'])
      assert.equal(notification?.text, null)
    })

    test('a reaction is told to who wrote the message, once, until all are taken back', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const id = await createDirect(chat, ada, bob)
      const { message_id } = await send(chat, ada, id, 'like this?')
      const react = (operation: typeof reactions.add | typeof reactions.remove, emoji: string) =>
        call(chat, operation, { token: bob.token, params: { message_id, emoji } })
      for (const emoji of ['👍', '🎉']) assert.equal((await react(reactions.add, emoji)).status, 200)
      const [reaction] = await untilNotified(chat, ada, ['reaction'])
      await untilLookedAt(chat)
      assert.deepEqual(
        [reaction?.actor_id, reaction?.text, reaction?.message_id],
        [bob.userId, 'like this?', message_id],
      )
      assert.equal((await listNotified(chat, ada)).length, 1)
      await react(reactions.remove, '👍')
      assert.equal((await listNotified(chat, ada)).length, 1)
      await react(reactions.remove, '🎉')
      assert.deepEqual(await listNotified(chat, ada), [])
      assert.equal(await countUnread(chat, ada), 0)
    })

    test('a reaction to a message that only the archive holds is told like any other', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const id = await createDirect(chat, ada, bob)
      const { message_id, seq } = await send(chat, ada, id, 'long ago')
      await untilLookedAt(chat)
      await untilArchived(chat, id, seq)
      await chat.context.sql.execute`delete from conversation_log where conversation_id = ${id} and seq <= ${seq}`
      await call(chat, reactions.add, { token: bob.token, params: { message_id, emoji: '👍' } })
      const [reaction] = await untilNotified(chat, ada, ['reaction'])
      assert.deepEqual([reaction?.message_id, reaction?.text], [message_id, 'long ago'])
    })

    test('that a poll has closed is told to who made it and who voted, and goes with the poll', async () => {
      const chat = shared()
      const [ada, bob, eve] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      const asked = { question: 'Now?', options: ['yes', 'no'], poll_type: 'single', allow_vote_change: false } as const
      const { data } = await call(chat, polls.create, { token: bob.token, body: { conversation_id: id, ...asked } })
      const { poll_id, options } = data
      const option_ids = options.slice(0, 1).map(({ option_id }) => option_id)
      for (const { token } of [ada, bob]) await call(chat, polls.vote, { token, body: { poll_id, option_ids } })
      await call(chat, polls.close, { token: ada.token, body: { poll_id } })
      const [closed] = await untilNotified(chat, bob, ['poll_closed'])
      assert.deepEqual([closed?.poll_id, closed?.message_id], [poll_id, null])
      for (const person of [ada, eve]) assert.deepEqual(await listNotified(chat, person), [])
      await call(chat, polls.delete, { token: bob.token, params: { poll_id } })
      assert.deepEqual(await listNotified(chat, bob), [])
    })

    test('a request for friendship is told for as long as it is open, however often it is asked', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const { sql, kv } = chat.context
      const [low, high] = [ada.userId, bob.userId].toSorted()
      await sql.execute`
        insert into friendships (low_id, high_id, state, asked_by, request_id)
        values (${low ?? ''}, ${high ?? ''}, 'requested', ${ada.userId}, ${ada.userId})`
      const request = { kind: 'friend_request', user_id: bob.userId, actor_id: ada.userId } as const
      for (let count = 0; count < 2; count++) await sql.transaction((tx) => enqueueNotification(tx, request, kv))
      const [notification] = await untilNotified(chat, bob, ['friend_request'])
      assert.deepEqual([notification?.actor_id, notification?.conversation_id], [ada.userId, null])
      await sql.execute`update friendships set state = 'friends' where low_id = ${low ?? ''} and high_id = ${high ?? ''}`
      assert.deepEqual(await listNotified(chat, bob), [])
    })

    test('that a file was refused is told to its owner, by name of the file, unless he wants none of it', async () => {
      const chat = shared()
      const [ada] = await createThree(chat)
      const { sql, kv } = chat.context
      const refuse = async (file_id: string) =>
        sql.transaction((tx) => enqueueNotification(tx, { kind: 'file_refused', user_id: ada.userId, file_id }, kv))
      const [first, second, third] = [newId(), newId(), newId()]
      await refuse(first)
      await refuse(second)
      await untilNotified(chat, ada, ['file_refused', 'file_refused'])
      const fileIds = (await listNotified(chat, ada)).map(({ file_id }) => file_id)
      assert.deepEqual(fileIds.toSorted(), [first, second].toSorted())
      await call(chat, notifications.setPreferences, { token: ada.token, body: { system_enabled: false } })
      await refuse(third)
      await until(
        'it was looked at',
        async () =>
          (await sql.execute`
        select from outbox where topic = 'notification' and key like ${`%${third}`}`) === 0,
      )
      assert.equal((await listNotified(chat, ada)).length, 2)
    })

    test('sockets hear of a notification at once, and never what the message says', async (t) => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      const socket = await TestSocket.open(t, chat, bob)
      const { message_id } = await send(chat, ada, id, 'canary-on-the-wire')
      const frame = await socket.next(({ type, kind }) => type === 'notification' && kind === 'message')
      assert.deepEqual([frame.kind, frame.conversation_id, frame.message_id], ['message', id, message_id])
      assert.doesNotMatch(JSON.stringify(frame), /canary/)
    })

    test('what a process committed and told nobody of is found by the sweep', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      await sendSilently(chat, ada, { conversationId: id, texts: ['left behind'] })
      const [notification] = await untilNotified(chat, bob, ['message'])
      assert.equal(notification?.text, 'left behind')
    })
  })
}
