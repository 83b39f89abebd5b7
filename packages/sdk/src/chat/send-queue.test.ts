import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { lifetimes, type Message } from '@secureconnect/protocol'
import { ApiError, ConnectionError } from '../errors.ts'
import { createMemoryStorage, type Storage } from '../storage.ts'
import { type QueuedSend, SendQueue, type Unreadable, type Unsent } from './send-queue.ts'

const draft = (content: string, conversation_id = 'harbour') =>
  ({ conversation_id, content, message_type: 'text', client_id: content }) as const

/** The part of a message that these tests look at. */
const toMessage = ({ content, client_id }: QueuedSend['draft']) => ({ content, client_id }) as Message

type Options = { storage?: Storage; userId?: string; now?: () => number }

async function openQueue(t: TestContext, { storage = createMemoryStorage(), userId = 'ada', now }: Options = {}) {
  const unsent: Unsent[] = []
  const sent: string[] = []
  const unreadable: Unreadable[] = []
  const queue = await SendQueue.open({
    storage,
    userId,
    sent: ({ content }) => sent.push(String(content)),
    unsent: (each) => unsent.push(each),
    unreadable: (each) => unreadable.push(each),
    ...(now && { now }),
  })
  t.after(() => queue.close())
  return { queue, storage, sent, unsent, unreadable }
}

const contents = (sends: readonly QueuedSend[]) => sends.map(({ draft }) => draft.content)

test('messages wait for a way out and then go one after the other, in order', async (t) => {
  const { queue, sent } = await openQueue(t)
  const results = ['one', 'two', 'three'].map((content) => queue.add(draft(content)))
  let underWay = 0
  queue.start(async (each) => {
    underWay += 1
    assert.equal(underWay, 1)
    await new Promise((done) => setImmediate(done))
    underWay -= 1
    return toMessage(each)
  })
  assert.deepEqual(
    (await Promise.all(results)).map(({ content }) => content),
    ['one', 'two', 'three'],
  )
  assert.deepEqual(sent, ['one', 'two', 'three'])
  assert.deepEqual(queue.waiting, [])
})

test('what was not sent is there after a reload, in order, for the same person only, until it is sent', async (t) => {
  // Storages list in any order, and clocks stand still or go back.
  const memory = createMemoryStorage()
  const storage = { ...memory, list: async (prefix: string) => new Map([...(await memory.list(prefix))].toReversed()) }
  const { queue } = await openQueue(t, { storage, now: () => 1_000 })
  for (const content of ['one', 'two', 'three']) queue.add(draft(content)).catch(() => undefined)
  while ((await storage.list('send:')).size < 3) await new Promise((done) => setImmediate(done))
  queue.close()
  const other = await openQueue(t, { storage, userId: 'bob' })
  assert.deepEqual(other.queue.waiting, [])
  const next = await openQueue(t, { storage, now: () => 1_000 })
  assert.deepEqual(contents(next.queue.waiting), ['one', 'two', 'three'])
  const done = Promise.withResolvers<void>()
  next.queue.start(async (each) => {
    if (each.content === 'three') setImmediate(done.resolve)
    return toMessage(each)
  })
  await done.promise
  assert.deepEqual(next.sent, ['one', 'two', 'three'])
  assert.deepEqual((await openQueue(t, { storage })).queue.waiting, [])
})

test('a message without a client id gets one, which stays the same over every attempt', async (t) => {
  const { queue } = await openQueue(t)
  const { client_id: _, ...anonymous } = draft('hello')
  const ids: string[] = []
  const result = queue.add(anonymous)
  queue.start(async (each) => {
    ids.push(each.client_id)
    if (ids.length < 3) throw new ConnectionError('lost')
    return toMessage(each)
  })
  await result
  assert.match(ids[0] ?? '', /^[0-9a-f]{32}$/)
  assert.equal(new Set(ids).size, 1)
})

test('the same client id again is the same message', async (t) => {
  const { queue } = await openQueue(t)
  const results = [queue.add(draft('hello')), queue.add(draft('hello'))]
  let attempts = 0
  queue.start(async (each) => {
    attempts += 1
    return toMessage(each)
  })
  await Promise.all(results)
  assert.equal(attempts, 1)
})

test('a refusal is told, and the next message goes out', async (t) => {
  const { queue, storage, unsent } = await openQueue(t)
  const refusal = new ApiError({ code: 'BLOCKED', message: 'No.' })
  const [bad, good] = [queue.add(draft('bad')), queue.add(draft('good'))]
  const refused = assert.rejects(bad, refusal)
  queue.start(async (each) => {
    if (each.content === 'bad') throw refusal
    return toMessage(each)
  })
  await Promise.all([refused, good])
  assert.deepEqual(unsent, [{ draft: draft('bad'), reason: 'refused', error: refusal }])
  assert.equal((await storage.list('send:')).size, 0)
})

test('a conversation that has to wait keeps its order, and the others go on', async (t) => {
  const { queue, sent } = await openQueue(t)
  let failures = 2
  const results = [queue.add(draft('a1', 'a')), queue.add(draft('a2', 'a')), queue.add(draft('b1', 'b'))]
  queue.start(async (each) => {
    if (each.content === 'a1' && failures-- > 0) throw new ApiError({ code: 'CAPACITY', message: 'Full.' })
    return toMessage(each)
  })
  await Promise.all(results)
  assert.deepEqual(sent, ['b1', 'a1', 'a2'])
})

test('when the person sends too fast, everything waits as long as the service says', async (t) => {
  const { queue, sent } = await openQueue(t)
  const times: number[] = []
  const results = [queue.add(draft('a1', 'a')), queue.add(draft('b1', 'b'))]
  queue.start(async (each) => {
    times.push(performance.now())
    if (times.length === 1) throw new ApiError({ code: 'RATE_LIMITED', message: 'Wait.', retry_after_ms: 600 })
    return toMessage(each)
  })
  await Promise.all(results)
  assert.deepEqual(sent, ['a1', 'b1'])
  assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 599)
})

test('a message is tried for six days, not a moment less, and then given up with a word', async (t) => {
  let now = 1_000
  const storage = createMemoryStorage()
  const early = await openQueue(t, { storage, now: () => now })
  early.queue.add(draft('hello')).catch(() => undefined)
  while ((await storage.list('send:')).size < 1) await new Promise((done) => setImmediate(done))
  early.queue.close()
  now += lifetimes.unsentMs - 1
  const later = await openQueue(t, { storage, now: () => now })
  later.queue.close()
  assert.deepEqual([contents(later.queue.waiting), later.unsent], [['hello'], []])
  now += 1
  const { queue, unsent } = await openQueue(t, { storage, now: () => now })
  while (unsent.length === 0) await new Promise((done) => setImmediate(done))
  assert.deepEqual(
    unsent.map(({ reason }) => reason),
    ['gave-up'],
  )
  assert.deepEqual([queue.waiting, (await storage.list('send:')).size], [[], 0])
})

test('who signs out leaves nothing behind, and is told what was not sent', async (t) => {
  const { queue, storage, unsent } = await openQueue(t)
  const lost = assert.rejects(queue.add(draft('hello')), ConnectionError)
  while ((await storage.list('send:')).size < 1) await new Promise((done) => setImmediate(done))
  await queue.clear()
  await lost
  assert.deepEqual(
    unsent.map(({ reason }) => reason),
    ['signed-out'],
  )
  assert.equal((await storage.list('')).size, 0)
})

test('a message goes out once it is kept, and not before', async (t) => {
  const kept = Promise.withResolvers<void>()
  const { queue, sent } = await openQueue(t, { storage: { ...createMemoryStorage(), write: () => kept.promise } })
  queue.start(async (each) => toMessage(each))
  const result = queue.add(draft('hello'))
  await new Promise((done) => setImmediate(done))
  assert.deepEqual(sent, [])
  kept.resolve()
  await result
  assert.deepEqual(sent, ['hello'])
})

test('what cannot be kept is not taken', async (t) => {
  const full = { ...createMemoryStorage(), write: () => Promise.reject(new Error('full')) }
  const { queue } = await openQueue(t, { storage: full })
  await assert.rejects(queue.add(draft('hello')), /full/)
  assert.deepEqual(queue.waiting, [])
})

test('an entry that cannot be read is set aside with a word, and the others are sent', async (t) => {
  const storage = createMemoryStorage()
  const before = await openQueue(t, { storage })
  before.queue.add(draft('whole')).catch(() => undefined)
  while ((await storage.list('send:')).size < 1) await new Promise((done) => setImmediate(done))
  before.queue.close()
  const broken = new Map([
    ['send:ada:half', '{"draft":{"conv'],
    ['send:ada:empty', ''],
    ['send:ada:other', '{"queuedAt":1}'],
  ])
  for (const [key, text] of broken) await storage.write(key, text)
  const { queue, sent, unreadable } = await openQueue(t, { storage })
  queue.start(async (each) => toMessage(each))
  while (queue.waiting.length > 0 || sent.length < 1) await new Promise((done) => setImmediate(done))
  assert.deepEqual(sent, ['whole'])
  assert.deepEqual(new Map(unreadable.map(({ key, text }) => [key, text])), broken)
  assert.equal((await storage.list('send:')).size, 0)
  assert.equal((await storage.list('unreadable:')).size, broken.size)
  assert.deepEqual((await openQueue(t, { storage })).unreadable, [])
  await queue.clear()
  assert.equal((await storage.list('')).size, 0)
})
