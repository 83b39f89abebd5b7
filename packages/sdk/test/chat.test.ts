import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits, type Message } from '@secureconnect/protocol'
import { ApiError, createMemoryStorage, type OwnConversation } from '../src/index.ts'
import { startFakeChat } from './fake-chat.ts'
import { nextOf, noChange, openFakeSession } from './fake-session.ts'
import { comeBack, conversation_id, event, openChat, subscribed } from './open-chat.ts'

/** One of the person's conversations, in the parts that the SDK looks at. */
function own(last_seq: number, id = conversation_id): OwnConversation {
  return { conversation_id: id, log_epoch: 0, last_seq } as OwnConversation
}

test('after a break it goes on where it stood: each event once, in order', async (t) => {
  const { fake, chat, socket } = await openChat(t)
  const seqs: number[] = []
  chat.on('event', ({ seq }) => seqs.push(seq))
  const following = chat.subscribe({ [conversation_id]: { log_epoch: 0, seq: 4 } })
  const asked = await socket.next('subscribe')
  assert.deepEqual(asked.positions, { [conversation_id]: { log_epoch: 0, seq: 4 } })
  socket.send(event(5))
  socket.reply(asked, subscribed(5))
  assert.deepEqual(await following, subscribed(5))
  socket.send(event(6))
  while (seqs.length < 2) await nextOf(chat, 'event')
  socket.cut()
  const next = await comeBack(fake)
  const again = await next.next('subscribe')
  assert.deepEqual(again.positions, { [conversation_id]: { log_epoch: 0, seq: 6 } })
  for (const seq of [6, 7, 8]) next.send(event(seq))
  next.reply(again, subscribed(8))
  while (seqs.length < 4) await nextOf(chat, 'event')
  assert.deepEqual(seqs, [5, 6, 7, 8])
  assert.deepEqual(chat.positions, { [conversation_id]: { log_epoch: 0, seq: 8 } })
})

test('a subscription that was under way when the line broke is asked for again', async (t) => {
  const { fake, chat, socket } = await openChat(t)
  const following = chat.subscribe({ [conversation_id]: null })
  await socket.next('subscribe')
  socket.cut()
  const next = await comeBack(fake)
  for (let asked = 0; asked < 2; asked += 1) next.reply(await next.next('subscribe'), subscribed(3, false))
  assert.equal((await following).subscribed[conversation_id]?.last_seq, 3)
})

test('when more was missed than is replayed, the page is told to load anew', async (t) => {
  const { chat, socket } = await openChat(t)
  const reset = nextOf(chat, 'reset')
  void chat.subscribe({ [conversation_id]: { log_epoch: 0, seq: 4 } })
  socket.reply(await socket.next('subscribe'), subscribed(9_000, false))
  assert.deepEqual(await reset, { conversation_id, position: { log_epoch: 0, seq: 9_000 } })
})

test('any number of conversations is followed, as many at a time as one frame may name', async (t) => {
  const { chat, socket } = await openChat(t)
  const ids = Array.from({ length: limits.subscriptionsPerFrame + 1 }, (_, index) => `c-${index}`)
  const following = chat.subscribe(Object.fromEntries(ids.map((id) => [id, null])))
  for (const size of [limits.subscriptionsPerFrame, 1]) {
    const asked = await socket.next('subscribe')
    const own = Object.keys(asked.positions)
    assert.equal(own.length, size)
    const answers = own.map((id) => [id, { log_epoch: 0, last_seq: 0, recovered: false }])
    socket.reply(asked, { subscribed: Object.fromEntries(answers), not_found: [] })
  }
  assert.equal(Object.keys((await following).subscribed).length, ids.length)
})

test('a busy server is asked again, a refusal is told and forgotten', async (t) => {
  const { chat, socket } = await openChat(t)
  const following = chat.subscribe({ [conversation_id]: null })
  socket.refuse(await socket.next('subscribe'), { code: 'CAPACITY', message: 'Later.', retry_after_ms: 10 })
  socket.reply(await socket.next('subscribe'), subscribed(1, false))
  await following
  const refused = assert.rejects(chat.subscribe({ wrong: null }), ApiError)
  socket.refuse(await socket.next('subscribe'), { code: 'VALIDATION_ERROR', message: 'No id.' })
  await refused
  assert.deepEqual(Object.keys(chat.positions), [conversation_id])
})

test('new conversations are followed by themselves from where their log stands, and lost ones no longer', async (t) => {
  const { chat, socket } = await openChat(t, { loadChanges: async () => ({ ...noChange, conversations: [own(1)] }) })
  const added = nextOf(chat, 'conversation.added')
  socket.send({ type: 'conversation.added', conversation_id })
  const asked = await socket.next('subscribe')
  assert.deepEqual(asked.positions, { [conversation_id]: { log_epoch: 0, seq: 1 } })
  assert.equal((await added).conversation_id, conversation_id)
  const received = nextOf(chat, 'event')
  socket.reply(asked, subscribed(1))
  socket.send(event(2))
  assert.equal((await received).seq, 2)
  const removed = nextOf(chat, 'conversation.removed')
  socket.send({ type: 'conversation.removed', conversation_id })
  await removed
  assert.deepEqual(chat.positions, {})
})

test('who was removed while away is told when he comes back', async (t) => {
  const { fake, chat, socket } = await openChat(t)
  const following = chat.subscribe({ [conversation_id]: null })
  socket.reply(await socket.next('subscribe'), subscribed(1, false))
  await following
  const removed = nextOf(chat, 'conversation.removed')
  socket.cut()
  const next = await comeBack(fake)
  next.reply(await next.next('subscribe'), { subscribed: {}, not_found: [conversation_id] })
  assert.equal((await removed).conversation_id, conversation_id)
  assert.deepEqual(chat.positions, {})
})

test('a message whose reply got lost is sent again as the same one, and done once', async (t) => {
  const { fake, chat, socket } = await openChat(t)
  const sent: Message[] = []
  chat.on('sent', (message) => sent.push(message))
  const result = chat.send({ conversation_id, content: 'hello', message_type: 'text' })
  const first = await socket.next('message.send')
  socket.cut()
  const next = await comeBack(fake)
  const second = await next.next('message.send')
  assert.equal(second.client_id, first.client_id)
  next.reply(second, { message_id: 'm', client_id: first.client_id })
  assert.equal((await result).message_id, 'm')
  assert.equal(sent.length, 1)
})

test('what was written without a connection is sent by the next process', async (t) => {
  const storage = createMemoryStorage()
  const fake = await startFakeChat(t)
  const before = await openFakeSession(t, fake, { storage })
  before.chat.send({ conversation_id, content: 'hello', message_type: 'text' }).catch(() => undefined)
  while ((await storage.list('send:')).size === 0) await new Promise((done) => setImmediate(done))
  before.chat.close()
  const { chat } = await openFakeSession(t, fake, { storage })
  const sent = nextOf(chat, 'sent')
  void chat.open()
  const socket = await comeBack(fake)
  const frame = await socket.next('message.send')
  assert.equal(frame.content, 'hello')
  socket.reply(frame, { content: 'hello' })
  assert.equal((await sent).content, 'hello')
})

test('where what waits cannot be read now, that is told, and it is read the next time', async (t) => {
  const memory = createMemoryStorage()
  const busy = new Error('busy')
  let isBusy = true
  const list = (prefix: string) => (isBusy ? Promise.reject(busy) : memory.list(prefix))
  const { chat } = await openFakeSession(t, await startFakeChat(t), { storage: { ...memory, list } })
  await assert.rejects(chat.open(), busy)
  isBusy = false
  assert.deepEqual(await chat.listUnsent(), [])
})

test('after each connecting it learns what no frame told: new conversations, lost ones, and how the others stand', async (t) => {
  const answers = [
    { ...noChange, conversations: [own(4, 'a'), own(7, 'b')] },
    { ...noChange, conversations: [own(5, 'a'), own(2, 'c')], removed: [{ conversation_id: 'b', left_at: '' }] },
  ]
  const told: string[] = []
  const fake = await startFakeChat(t)
  const { chat } = await openFakeSession(t, fake, { loadChanges: async () => answers.shift() ?? noChange })
  for (const name of ['conversation.changed', 'conversation.added', 'conversation.removed'] as const) {
    chat.on(name, ({ conversation_id: id }) => told.push(`${name} ${id}`))
  }
  void chat.open()
  const socket = await comeBack(fake)
  while (told.length < 2) await nextOf(chat, 'conversation.changed')
  assert.deepEqual(told.splice(0), ['conversation.changed a', 'conversation.changed b'])
  const removed = nextOf(chat, 'conversation.removed')
  socket.cut()
  const next = await comeBack(fake)
  await removed
  assert.deepEqual(told, [
    'conversation.changed a',
    'conversation.changed c',
    'conversation.added c',
    'conversation.removed b',
  ])
  assert.deepEqual((await next.next('subscribe')).positions, { c: { log_epoch: 0, seq: 2 } })
})

test('where it cannot learn what it missed it asks again, and of a refusal begins with another connection', async (t) => {
  const failures = [
    new ApiError({ code: 'SERVICE_UNAVAILABLE', message: 'Later.', retry_after_ms: 10 }),
    new ApiError({ code: 'FORBIDDEN', message: 'No.' }),
  ]
  const loadChanges = async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return { ...noChange, conversations: [own(1)] }
  }
  const fake = await startFakeChat(t)
  const { chat } = await openFakeSession(t, fake, { loadChanges })
  const changed = nextOf(chat, 'conversation.changed')
  void chat.open()
  await comeBack(fake)
  await comeBack(fake)
  assert.equal((await changed).conversation_id, conversation_id)
  assert.equal(failures.length, 0)
})
