import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { enqueueCallNotices } from '@secureconnect/notifications'
import { conversations, lifetimes, notifications, polls, push, reactions } from '@secureconnect/protocol'
import type { FakeFirebase } from '@secureconnect/push/testing'
import { suiteScope } from '@secureconnect/test/helpers'
import { enqueuePushes } from '../src/push/enqueue-pushes.ts'
import { registerDevice } from './device-keys.ts'
import { createDirect, createGroup } from './groups.ts'
import { send } from './live-room.ts'
import { listNotified } from './notified.ts'
import {
  createPair,
  createSignedIn,
  holdBack,
  hurry,
  listTaken,
  minutesFromNow,
  register,
  startPushing,
  untilPushed,
  untilWaiting,
} from './pushed.ts'
import { insertRingingCall } from './ringing.ts'
import { commit, createCommit, sendSealed } from './sealed-groups.ts'
import { type Chat, call, type Person } from './test-chat.ts'
import { until } from './until.ts'

suite('kinds of pushes', () => {
  let chat: Chat
  let firebase: FakeFirebase
  const scope = suiteScope()
  before(async () => {
    ;({ chat, firebase } = await startPushing(scope))
  })

  /** Calls somebody, as video-service does. */
  async function ring({
    caller,
    callee,
    conversation_id,
  }: {
    caller: Person
    callee: Person
    conversation_id: string
  }) {
    const { sql, kv } = chat.context
    const call_id = await insertRingingCall(chat, { caller, callee, conversationId: conversation_id })
    const who = { user_id: callee.userId, actor_id: caller.userId }
    await sql.transaction((tx) =>
      enqueueCallNotices(tx, [{ kind: 'call_ringing', ...who, conversation_id, call_id }], kv),
    )
    return call_id
  }

  /** The pushes of a call that rings, before any goes out: held back; answers how many would have gone at once. */
  async function ringLater({ ada, bob, id: conversation_id }: Awaited<ReturnType<typeof createPair>>) {
    const { context } = chat
    const call_id = await insertRingingCall(chat, { caller: ada, callee: bob, conversationId: conversation_id })
    const about = { conversation_id, call_id, actor_id: ada.userId, seq: null, message_seq: null, message_id: null }
    return context.sql.transaction(async (tx) => {
      await enqueuePushes(tx, [{ user_id: bob.userId, kind: 'call_ringing', ...about }], context)
      const due = await tx.execute`
        select 1 from outbox where payload ->> 'call_id' = ${call_id} and due_at <= clock_timestamp()`
      await tx.execute`update outbox set due_at = now() + interval '1 hour' where payload ->> 'call_id' = ${call_id}`
      return due
    })
  }

  /** Waits until nothing of a call waits for somebody, which begins as one thing and goes on as another. */
  const untilRung = ({ userId }: Person) =>
    until('rung', async () => {
      const waiting = await chat.context.sql.execute`select 1 from outbox where payload ->> 'user_id' = ${userId}`
      return waiting === 0
    })

  test('a reaction that was taken back is not pushed, and takes the place of no message', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const { message_id } = await send(chat, bob, id, 'like this?')
    await holdBack(chat, bob)
    const said = await send(chat, ada, id, 'yes')
    const params = { message_id, emoji: '👍' }
    assert.equal((await call(chat, reactions.add, { token: ada.token, params })).status, 200)
    await untilWaiting(chat, bob, 2)
    await call(chat, reactions.remove, { token: ada.token, params })
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(
      listTaken(firebase, token).map(({ data }) => data.message_id),
      [said.message_id],
    )
  })

  test('that a poll has closed is not pushed once the poll is gone', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const asked = { question: 'Now?', options: ['yes', 'no'], poll_type: 'single', allow_vote_change: false } as const
    const { data } = await call(chat, polls.create, { token: bob.token, body: { conversation_id: id, ...asked } })
    const { poll_id } = data
    const option_ids = data.options.slice(0, 1).map(({ option_id }) => option_id)
    await call(chat, polls.vote, { token: ada.token, body: { poll_id, option_ids } })
    const watching = await register(chat, ada)
    await holdBack(chat, ada)
    await call(chat, polls.close, { token: bob.token, body: { poll_id } })
    await untilWaiting(chat, ada)
    await call(chat, polls.delete, { token: bob.token, params: { poll_id } })
    await hurry(chat, ada)
    await untilPushed(chat)
    assert.deepEqual([...listTaken(firebase, watching), ...listTaken(firebase, token)], [])
  })

  test('a call rings on each device for half a minute, and stands in no list', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const call_id = await ring({ caller: ada, callee: bob, conversation_id: id })
    await untilRung(bob)
    const [message, ...others] = listTaken(firebase, token)
    const ids = { type: 'call_ringing', conversation_id: id, actor_id: ada.userId, call_id }
    assert.deepEqual([message?.data, others], [ids, []])
    assert.deepEqual(message?.notification, { title: 'SecureConnect', body: 'Somebody is calling you' })
    assert.equal(message?.android.collapse_key, call_id.replaceAll('-', ''))
    const seconds = Number.parseInt(message?.android.ttl ?? '', 10)
    assert.ok(seconds > 20 && seconds <= lifetimes.ringPushMs / 1_000, message?.android.ttl)
    assert.deepEqual(await listNotified(chat, bob), [])
  })

  test('a call rings at once also on the phone of who is active elsewhere', async () => {
    const pair = await createPair(chat)
    chat.context.activity.note(pair.bob.userId)
    assert.equal(await ringLater(pair), 1)
    await hurry(chat, pair.bob)
    await untilRung(pair.bob)
    assert.equal(listTaken(firebase, pair.token).length, 1)
  })

  test('a call does not ring where it, its conversation or its caller are silenced, nor once it is answered or too late', async () => {
    const silencers: readonly ((pair: Awaited<ReturnType<typeof createPair>>) => Promise<unknown>)[] = [
      ({ bob: { token } }) => call(chat, notifications.setPreferences, { token, body: { call_enabled: false } }),
      ({ bob: { token }, id: conversation_id }) =>
        call(chat, conversations.setNotifications, { token, params: { conversation_id }, body: { level: 'none' } }),
      ({ ada, bob }) =>
        chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`,
      ({ bob }) => chat.context.sql.execute`
        update call_invites set status = 'accepted' where user_id = ${bob.userId}`,
      ({ bob }) => chat.context.sql.execute`
        update outbox set expires_at = now() where topic = 'push' and payload ->> 'user_id' = ${bob.userId}`,
    ]
    const trySilence = async (silence: (typeof silencers)[number]) => {
      const pair = await createPair(chat)
      await ringLater(pair)
      await silence(pair)
      await hurry(chat, pair.bob)
      await untilRung(pair.bob)
      return listTaken(firebase, pair.token)
    }
    assert.deepEqual((await Promise.all(silencers.map(trySilence))).flat(), [])
  })

  test('where the operator allows words, a push has those of its sender, and none from encrypted conversations', async (t) => {
    const full = await startPushing(t, { PUSH_CONTENT: 'full' })
    const [ada, bob] = [await createSignedIn(full.chat, 'Ada'), await createSignedIn(full.chat, 'Bob')]
    const token = await register(full.chat, bob)
    const plain = await createDirect(full.chat, ada, bob)
    const group = await createGroup(full.chat, ada, [bob], { title: 'Friends' })
    const secret = await createGroup(full.chat, ada, [bob], { is_e2ee_enabled: true })
    await untilPushed(full.chat)
    full.firebase.received.length = 0
    await send(full.chat, ada, plain, 'good morning')
    await untilPushed(full.chat)
    await send(full.chat, ada, group, 'hello all')
    await untilPushed(full.chat)
    const { message_id } = await send(full.chat, bob, group, 'hello Ada')
    await call(full.chat, reactions.add, { token: ada.token, params: { message_id, emoji: '👍' } })
    await untilPushed(full.chat)
    await registerDevice(full.chat, ada)
    assert.equal((await commit(full.chat, ada, secret, createCommit(0))).status, 201)
    assert.equal((await sendSealed(full.chat, ada, secret, 1)).status, 201)
    await untilPushed(full.chat)
    assert.deepEqual(
      listTaken(full.firebase, token).map(({ notification }) => notification),
      [
        { title: 'Ada', body: 'good morning' },
        { title: 'Friends', body: 'Ada: hello all' },
        { title: 'SecureConnect', body: 'Somebody reacted to your message' },
        { title: 'SecureConnect', body: 'You have a new message' },
      ],
    )
  })

  test('a push can be tried at any hour, and a device be taken off', async () => {
    const { bob, token } = await createPair(chat)
    const quiet_hours = { from: minutesFromNow(-60), until: minutesFromNow(60), time_zone: 'UTC' }
    await call(chat, notifications.setPreferences, { token: bob.token, body: { quiet_hours, push_enabled: false } })
    assert.equal((await call(chat, push.test, { token: bob.token })).data.tokens, 1)
    await untilPushed(chat)
    assert.equal(listTaken(firebase, token)[0]?.data.type, 'test')
    await call(chat, push.remove, { token: bob.token, body: { token } })
    assert.equal((await call(chat, push.test, { token: bob.token })).data.tokens, 0)
  })
})
