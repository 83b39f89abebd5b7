import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { closeCodes, type EventFrame, limits, type Message } from '@secureconnect/protocol'
import { ApiError, ConnectionError, createMemoryStorage } from '../src/index.ts'
import { type FakeSocket, startFakeChat } from './fake-chat.ts'
import { nextOf, openFakeSession } from './fake-session.ts'

const conversation_id = 'harbour'

function event(seq: number, id = conversation_id): EventFrame {
  const data = { user_id: 'bob', by: null, reason: 'left' as const }
  return { type: 'event', conversation_id: id, seq, log_epoch: 0, created_at: '', kind: 'member.left', data }
}

function subscribed(last_seq: number, recovered = true) {
  return { subscribed: { [conversation_id]: { log_epoch: 0, last_seq, recovered } }, not_found: [] }
}

/** Somebody whose chat is open, with the server's end of the socket. */
async function openChat(t: TestContext, options: Parameters<typeof openFakeSession>[2] = {}) {
  const fake = await startFakeChat(t)
  const { chat, session } = await openFakeSession(t, fake, options)
  const opened = chat.open()
  const socket = await fake.accept()
  socket.greet()
  await opened
  return { fake, chat, session, socket }
}

/** Opens another socket after the one before broke, and lets the server greet. */
async function comeBack({ accept }: { accept: () => Promise<FakeSocket> }): Promise<FakeSocket> {
  const socket = await accept()
  socket.greet()
  return socket
}

test('it opens with the token as a header, and is open once the server is ready', async (t) => {
  const fake = await startFakeChat(t)
  const { chat } = await openFakeSession(t, fake)
  const states: string[] = []
  chat.on('state', ({ status }) => states.push(status))
  const opened = chat.open()
  const socket = await fake.accept()
  assert.equal(socket.authorization, 'Bearer token-1')
  socket.greet()
  await opened
  assert.deepEqual(states, ['connecting', 'open'])
  chat.close()
  assert.equal(await socket.closed(), closeCodes.done.code)
  assert.deepEqual(states, ['connecting', 'open', 'closed'])
})

test('a request gets its own reply, a refusal says why, and what is lost is told as lost', async (t) => {
  const { chat, socket } = await openChat(t)
  const [first, second] = [chat.ask('presence.set', { status: 'away' }), chat.ask('read', { conversation_id, seq: 7 })]
  const refused = assert.rejects(second, (error: unknown) => error instanceof ApiError && error.code === 'FORBIDDEN')
  socket.refuse(await socket.next('read'), { code: 'FORBIDDEN', message: 'No.' })
  const presence = { user_id: 'ada', status: 'away', last_seen_at: null }
  socket.reply(await socket.next('presence.set'), presence)
  assert.deepEqual(await first, presence)
  await refused
  const third = assert.rejects(chat.ask('presence.set', { status: 'busy' }), ConnectionError)
  await socket.next('presence.set')
  socket.cut()
  await third
})

test('while there is no connection requests wait for one, and what may get lost is dropped', async (t) => {
  const { fake, chat, socket } = await openChat(t)
  const lost = nextOf(chat, 'state')
  socket.cut()
  await lost
  const asked = chat.ask('presence.set', { status: 'away' })
  chat.tell('typing', { conversation_id, is_typing: true })
  const next = await comeBack(fake)
  next.reply(await next.next('presence.set'), null)
  await asked
  chat.tell('typing', { conversation_id, is_typing: false })
  assert.deepEqual(await next.next('typing'), { type: 'typing', conversation_id, is_typing: false })
})

test('it answers the heartbeat, and leaves a server that falls silent', async (t) => {
  const fake = await startFakeChat(t)
  const { chat } = await openFakeSession(t, fake)
  void chat.open()
  const socket = await fake.accept()
  socket.greet(100)
  socket.send({ type: 'ping' })
  await socket.next('pong')
  await comeBack(fake)
})

test('what is no frame of ours ends the connection, not the process', async (t) => {
  const { fake, socket } = await openChat(t)
  socket.sendText('<html>')
  await comeBack(fake)
})

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

test('new conversations are followed by themselves, and lost ones no longer', async (t) => {
  const { chat, socket } = await openChat(t)
  socket.send({ type: 'conversation.added', conversation_id })
  const asked = await socket.next('subscribe')
  assert.deepEqual(asked.positions, { [conversation_id]: null })
  const received = nextOf(chat, 'event')
  socket.reply(asked, subscribed(1, false))
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

test('a token that ends soon is renewed, and the server is shown the next one in the band', async (t) => {
  const { socket } = await openChat(t, { tokenSeconds: 1 })
  const shown = await socket.next('auth.refresh')
  assert.equal(shown.token, 'token-2')
})

test('a token that the server judges bad is renewed before the next attempt', async (t) => {
  const { fake, socket } = await openChat(t)
  socket.close(closeCodes.unauthenticated.code)
  assert.equal((await fake.accept()).authorization, 'Bearer token-2')
})

test('where the server says to stay away, it stays away', async (t) => {
  const { chat, socket } = await openChat(t)
  const closed = nextOf(chat, 'state')
  socket.close(closeCodes.replaced.code)
  assert.deepEqual(await closed, { status: 'closed', reason: 'replaced' })
  await assert.rejects(chat.ask('presence.set', { status: 'online' }), ConnectionError)
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
  while ((await storage.list('send:')).length === 0) await new Promise((done) => setImmediate(done))
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
