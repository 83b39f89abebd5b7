import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Kv } from '@secureconnect/kv'
import { Feeds } from '../src/fan-out/feeds.ts'
import { createRoom } from './create-room.ts'
import { sendSilently } from './live-room.ts'
import { createPerson, shareChat } from './test-chat.ts'

const shared = shareChat('postgres')

/** Feeds of a conversation, and how many listeners they have in the store. */
async function startFeeds(t: TestContext) {
  const chat = shared()
  const person = await createPerson(chat)
  const conversationId = await createRoom(chat, [person])
  const { kv } = chat.context
  const listeners = new Set<object>()
  const subscribe: Kv['subscribe'] = async (...asked) => {
    const subscription = await kv.subscribe(...asked)
    const close = async () => {
      listeners.delete(subscription)
      await subscription.close()
    }
    listeners.add(subscription)
    return { close, [Symbol.asyncDispose]: close }
  }
  const store = { ...kv, subscribe, isDegraded: false }
  const feeds = new Feeds({ ...chat.context, kv: store, onGap: () => undefined })
  t.after(() => feeds.close())
  await feeds.open(conversationId)
  return { chat, person, conversationId, store, feeds, listeners }
}

test('a feed that is renewed by two at once listens once', async (t) => {
  const { feeds, listeners } = await startFeeds(t)
  await Promise.all([feeds.renew(feeds.list()), feeds.renew(feeds.list())])
  assert.equal(listeners.size, 1)
})

test('a feed whose listening fails once is opened by whoever asks next', async (t) => {
  const { chat, person, store, feeds, conversationId } = await startFeeds(t)
  const other = await createRoom(chat, [person])
  const { subscribe } = store
  store.subscribe = async () => Promise.reject(new Error('not now'))
  await assert.rejects(feeds.open(other), /not now/)
  store.subscribe = subscribe
  assert.equal((await feeds.open(other))?.conversationId, other)
  assert.equal(feeds.find(conversationId)?.isBroken, false)
})

test('a feed that is closed while it is renewed listens no more', async (t) => {
  const { feeds, listeners } = await startFeeds(t)
  const renewing = feeds.renew(feeds.list())
  await feeds.close()
  await renewing
  await new Promise(setImmediate)
  assert.equal(listeners.size, 0)
})

test('a feed that hears of nothing listens anew, but not while the store is away', async (t) => {
  const { chat, person, conversationId, store, feeds, listeners } = await startFeeds(t)
  const missTwo = async () => {
    for (let missed = 0; missed < 2; missed += 1) {
      const last_seq = await sendSilently(chat, person, { conversationId, texts: ['unheard of'] })
      await feeds.reach([{ conversation_id: conversationId, log_epoch: 1, last_seq }])
      assert.equal(feeds.find(conversationId)?.lastSeq, last_seq)
    }
  }
  const [first] = listeners
  store.isDegraded = true
  await missTwo()
  assert.deepEqual([...listeners], [first])
  store.isDegraded = false
  await missTwo()
  assert.equal(listeners.size, 1)
  assert.ok(first && !listeners.has(first))
})
