import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { conversations, messages, notifications, push } from '@secureconnect/protocol'
import type { FakeFirebase } from '@secureconnect/push/testing'
import { webApp } from '@secureconnect/push/testing/web-app'
import { allowedMs, suiteScope } from '@secureconnect/test/helpers'
import { revokeSessions } from '@secureconnect/tokens'
import { findText } from './find-text.ts'
import { send } from './live-room.ts'
import {
  createPair,
  createSignedIn,
  createToken,
  holdBack,
  hurry,
  listTaken,
  minutesFromNow,
  register,
  startPushing,
  untilPushed,
  untilWaiting,
} from './pushed.ts'
import { type Chat, call, type Person } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const read = (chat: Chat, { token }: Person, conversation_id: string, seq: number) =>
  call(chat, messages.read, { token, body: { conversation_id, seq } })

suite('pushes', () => {
  let chat: Chat
  let firebase: FakeFirebase
  const scope = suiteScope()
  before(async () => {
    ;({ chat, firebase } = await startPushing(scope, webApp))
  })

  test('a message is pushed to each device of its reader within two seconds, with ids and no words of it', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const second = await register(chat, bob)
    const startedAt = Date.now()
    const { message_id, seq } = await send(chat, ada, id, 'a canary that sings')
    await until('both pushed', () => [token, second].every((one) => listTaken(firebase, one).length === 1))
    assert.ok(Date.now() - startedAt < allowedMs(2_000), `${Date.now() - startedAt} ms`)
    const [message] = listTaken(firebase, token)
    const ids = { type: 'message', conversation_id: id, message_id, seq: String(seq), actor_id: ada.userId }
    assert.deepEqual(message?.data, ids)
    assert.deepEqual(message?.notification, { title: 'SecureConnect', body: 'You have a new message' })
    assert.equal(message?.android.collapse_key, id.replaceAll('-', ''))
    assert.doesNotMatch(JSON.stringify(firebase.received), /canary/)
  })

  test('a message that is sent, delivered and pushed moves the counters of each of that', async (t) => {
    const { ada, bob, id } = await createPair(chat)
    const socket = await TestSocket.open(t, chat, bob)
    await socket.subscribe({ [id]: null })
    await untilPushed(chat)
    const count = async () => {
      const text = await (await fetch(`${chat.address}/metrics`)).text()
      const sumOf = (name: string) => {
        const samples = text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'gm'))
        return [...samples].reduce((sum, [, value]) => sum + Number(value), 0)
      }
      return ['messages_total', 'messages_sent_total', 'messages_received_total', 'push_notifications_total'].map(sumOf)
    }
    const before = await count()
    const { seq } = await send(chat, ada, id)
    await socket.reach(id, seq)
    await untilPushed(chat)
    assert.deepEqual(
      (await count()).map((value, place) => value - (before[place] ?? 0)),
      [1, 1, 1, 1],
    )
  })

  test('what was read before its push went out is not pushed; while somebody is active, pushes wait three seconds', async (t) => {
    const { ada, bob, id, token } = await createPair(chat)
    const socket = await TestSocket.open(t, chat, bob)
    await socket.request('presence.set', { status: 'online' })
    const { seq } = await send(chat, ada, id)
    await socket.next(({ type }) => type === 'notification')
    await read(chat, bob, id, seq)
    await untilPushed(chat)
    assert.deepEqual(listTaken(firebase, token), [])
    const sentAt = Date.now()
    await send(chat, ada, id)
    await untilPushed(chat)
    assert.equal(listTaken(firebase, token).length, 1)
    assert.ok(Date.now() - sentAt >= 2_900, `${Date.now() - sentAt} ms`)
  })

  test('what comes while a push waits joins it: one push, of the newest message', async (t) => {
    const { ada, bob, id, token } = await createPair(chat)
    const socket = await TestSocket.open(t, chat, bob)
    await socket.request('presence.set', { status: 'online' })
    for (const text of ['one', 'two']) await send(chat, ada, id, text)
    await socket.next(({ type }) => type === 'notification')
    const { message_id } = await send(chat, ada, id, 'three')
    await untilPushed(chat)
    assert.deepEqual(
      listTaken(firebase, token).map(({ data }) => data.message_id),
      [message_id],
    )
  })

  test('a token that Firebase does not know any more is removed, and its push counted as failed', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const dead = await register(chat, bob)
    firebase.answer = ({ token: to }) => (to === dead ? { status: 404, errorCode: 'UNREGISTERED' } : {})
    await send(chat, ada, id)
    await untilPushed(chat)
    firebase.answer = () => ({})
    assert.equal(listTaken(firebase, token).length, 1)
    const { data } = await call(chat, push.count, { token: bob.token })
    assert.equal(data.active_tokens_count, 1)
    assert.match(await chat.context.metrics.registry.metrics(), /push_notifications_failed_total\{.*unregistered.*\} 1/)
  })

  test('what Firebase refuses for a while is tried again, no sooner than it says, and arrives once', async () => {
    const { ada, id, token } = await createPair(chat)
    let asked = 0
    const times: number[] = []
    firebase.answer = ({ token: to }) => {
      if (to !== token) return {}
      times.push(Date.now())
      asked += 1
      return asked === 1 ? { status: 503, retryAfter: '2' } : {}
    }
    await send(chat, ada, id)
    await untilPushed(chat)
    firebase.answer = () => ({})
    assert.equal(listTaken(firebase, token).length, 1)
    assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 1_900, JSON.stringify(times))
  })

  test('levels, preferences, quiet hours and blocks hold for pushes, at the moment they would go out', async () => {
    const silencers: Record<string, (pair: Awaited<ReturnType<typeof createPair>>) => Promise<unknown>> = {
      level: ({ bob, id }) =>
        call(chat, conversations.setNotifications, {
          token: bob.token,
          params: { conversation_id: id },
          body: { level: 'none' },
        }),
      pushes: ({ bob }) =>
        call(chat, notifications.setPreferences, { token: bob.token, body: { push_enabled: false } }),
      messages: ({ bob }) =>
        call(chat, notifications.setPreferences, { token: bob.token, body: { message_enabled: false } }),
      'quiet hours': ({ bob }) => {
        const quiet_hours = { from: minutesFromNow(-60), until: minutesFromNow(60), time_zone: 'UTC' }
        return call(chat, notifications.setPreferences, { token: bob.token, body: { quiet_hours } })
      },
      block: ({ ada, bob }) =>
        chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`,
      departure: ({ bob, id }) =>
        chat.context.sql
          .execute`update members set left_at = now() where user_id = ${bob.userId} and conversation_id = ${id}`,
      sessions: ({ bob }) =>
        chat.context.sql.execute`update sessions set status = 'ended' where session_id = ${bob.sessionId}`,
    }
    const trySilence = async ([what, silence]: [string, (typeof silencers)[string]]) => {
      const pair = await createPair(chat)
      // The push waits already when it turns out not to be wanted.
      await holdBack(chat, pair.bob)
      await send(chat, pair.ada, pair.id)
      await untilWaiting(chat, pair.bob)
      await silence(pair)
      await hurry(chat, pair.bob)
      await untilPushed(chat)
      assert.deepEqual(listTaken(firebase, pair.token), [], what)
    }
    await Promise.all(Object.entries(silencers).map(trySilence))
  })

  test('a message that was deleted or has expired is not pushed, and what waits holds no words of it', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    await holdBack(chat, bob)
    const { message_id } = await send(chat, ada, id, 'canary-in-the-outbox')
    await untilWaiting(chat, bob)
    // The archive may have it by now, and lets go of it a little later than the log.
    const findElsewhere = async () => {
      const places = await findText(chat.context.sql, 'canary-in-the-outbox')
      return places.filter((place) => place !== 'archived_messages')
    }
    assert.deepEqual(await findElsewhere(), ['conversation_log'])
    await call(chat, messages.delete, { token: ada.token, params: { message_id } })
    assert.deepEqual(await findElsewhere(), [])
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(listTaken(firebase, token), [])
  })

  test('a token belongs to who registered it last: the one before gets nothing there, not even what waits', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const eve = await createSignedIn(chat)
    await holdBack(chat, bob)
    await send(chat, ada, id)
    await untilWaiting(chat, bob)
    await register(chat, eve, token)
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(listTaken(firebase, token), [])
    const counts = await Promise.all([bob, eve].map((person) => call(chat, push.count, { token: person.token })))
    assert.deepEqual(
      counts.map(({ data }) => data.active_tokens_count),
      [0, 1],
    )
  })

  test('a device that registers again, as apps do at every start, stays one and loses no push', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    await holdBack(chat, bob)
    await send(chat, ada, id)
    await untilWaiting(chat, bob)
    await register(chat, bob, token)
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.equal(listTaken(firebase, token).length, 1)
    const { data } = await call(chat, push.list, { token: bob.token })
    assert.deepEqual(
      data.tokens.map(({ platform, type, is_current }) => [platform, type, is_current]),
      [['android', 'fcm', true]],
    )
    assert.doesNotMatch(JSON.stringify(data), new RegExp(token))
  })

  test('a browser is told by what it registers, of the project by which pushes go out', async () => {
    const { token } = await createSignedIn(chat)
    const { data } = await call(chat, push.webApp, { token })
    assert.deepEqual(data.firebase, {
      project_id: JSON.parse(firebase.credentials).project_id,
      api_key: webApp.FIREBASE_WEB_API_KEY,
      app_id: webApp.FIREBASE_WEB_APP_ID,
      sender_id: '1234567890',
      vapid_key: webApp.FIREBASE_WEB_VAPID_KEY,
    })
  })

  test('the end of a session takes its device along', async () => {
    const { bob, token } = await createPair(chat)
    const { sql, kv } = chat.context
    await sql.transaction((tx) => revokeSessions(tx, [bob.sessionId], kv))
    await until(
      'forgotten',
      async () => (await sql.execute`update push_tokens set type = type where token = ${token}`) === 0,
    )
  })

  test('somebody has at most twenty devices, the newest; malformed tokens are none', async () => {
    const bob = await createSignedIn(chat)
    const names = Array.from({ length: 21 }, createToken)
    for (const name of names) await register(chat, bob, name)
    const { data } = await call(chat, push.list, { token: bob.token })
    assert.equal(data.tokens.length, 20)
    assert.equal(await chat.context.sql.execute`update push_tokens set type = type where token = ${names[0] ?? ''}`, 0)
    for (const token of ['', 'short', 'x'.repeat(1_025), `${'x'.repeat(40)} `, 'ü'.repeat(40)]) {
      const body = { token, type: 'fcm' }
      assert.equal((await call(chat, push.register, { token: bob.token, body })).code, 'VALIDATION_ERROR', token)
    }
    assert.equal((await call(chat, push.removeAll, { token: bob.token })).status, 200)
    assert.equal((await call(chat, push.count, { token: bob.token })).data.active_tokens_count, 0)
  })

  test('while Firebase is away all else goes on; on its return comes what is of use, and nothing stale', async () => {
    const [stale, late, fresh] = [await createPair(chat), await createPair(chat), await createPair(chat)]
    firebase.answer = () => ({ status: 503 })
    await send(chat, stale.ada, stale.id, 'read meanwhile')
    const old = await send(chat, late.ada, late.id, 'too old by then')
    for (let count = 0; count < 3; count++) await send(chat, fresh.ada, fresh.id, `message ${count}`)
    await sleep(500)
    await read(chat, stale.bob, stale.id, 1_000)
    await chat.context.sql.execute`
      update outbox set expires_at = now() where topic = 'push' and payload ->> 'message_id' = ${old.message_id}`
    firebase.answer = () => ({})
    await untilPushed(chat, 30_000)
    const taken = [stale, late, fresh].map(({ token }) => listTaken(firebase, token).length)
    assert.deepEqual(taken, [0, 0, 1])
  })
})
