import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enqueueCallNotices } from '@secureconnect/notifications'
import { conversations, notifications } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { createQuietGroup, createThree, listNotified } from './notified.ts'
import { call, startChat } from './test-chat.ts'

test('a missed call is told, unless one wants to hear of no calls or nothing of its conversation', async (t) => {
  const chat = await startChat(t, 'pglite')
  const [ada, bob, eve] = await createThree(chat)
  const { sql, kv } = chat.context
  const conversation_id = await createQuietGroup(chat, ada, [bob, eve])
  const miss = async ({ userId: user_id }: { userId: string }, inConversation = conversation_id) => {
    const missed = { kind: 'call_missed', user_id, actor_id: ada.userId, call_id: newId() } as const
    const notices = [{ ...missed, conversation_id: inConversation }]
    await sql.transaction((tx) => enqueueCallNotices(tx, notices, kv))
    await until('it was looked at', async () => {
      return (await sql.execute`select from outbox where key = ${`${user_id} ${missed.call_id}`}`) === 0
    })
    return missed.call_id
  }
  const call_id = await miss(bob)
  const [notification, ...others] = await listNotified(chat, bob)
  assert.deepEqual(others, [])
  const { kind, actor_id, conversation_id: where, is_read } = notification ?? {}
  assert.deepEqual(
    { kind, actor_id, where, is_read, call_id: notification?.call_id },
    { kind: 'call_missed', actor_id: ada.userId, where: conversation_id, is_read: false, call_id },
  )
  await miss(bob, await createQuietGroup(chat, ada, [eve]))
  await call(chat, notifications.setPreferences, { token: bob.token, body: { call_enabled: false } })
  await miss(bob)
  assert.equal((await listNotified(chat, bob)).length, 1)
  const muting = { token: eve.token, params: { conversation_id }, body: { level: 'none' } } as const
  await call(chat, conversations.setNotifications, muting)
  await miss(eve)
  assert.deepEqual(await listNotified(chat, eve), [])
})
