import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Kv } from '@secureconnect/kv'
import { Feeds } from '../src/fan-out/feeds.ts'
import { createRoom } from './create-room.ts'
import { createPerson, startChat } from './test-chat.ts'

/** Feeds of a conversation, and how many listeners they have in the store. */
async function startFeeds(t: TestContext) {
  const chat = await startChat(t, 'pglite')
  const conversationId = await createRoom(chat, [await createPerson(chat)])
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
  const feeds = new Feeds({ ...chat.context, kv: { ...kv, subscribe }, onGap: () => undefined })
  t.after(() => feeds.close())
  await feeds.open(conversationId)
  return { feeds, listeners }
}

test('a feed that is renewed by two at once listens once', async (t) => {
  const { feeds, listeners } = await startFeeds(t)
  await Promise.all([feeds.renew(feeds.list()), feeds.renew(feeds.list())])
  assert.equal(listeners.size, 1)
})

test('a feed that is closed while it is renewed listens no more', async (t) => {
  const { feeds, listeners } = await startFeeds(t)
  const renewing = feeds.renew(feeds.list())
  await feeds.close()
  await renewing
  await new Promise(setImmediate)
  assert.equal(listeners.size, 0)
})
