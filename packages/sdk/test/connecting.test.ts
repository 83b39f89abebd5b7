import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { ApiError, ConnectionError } from '../src/index.ts'
import { startFakeChat } from './fake-chat.ts'
import { nextOf, openFakeSession } from './fake-session.ts'
import { comeBack, conversation_id, openChat, subscribed } from './open-chat.ts'

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

test('who signs in next follows nothing of who was here before', async (t) => {
  const { fake, chat, session, socket } = await openChat(t)
  const following = chat.subscribe({ [conversation_id]: null })
  socket.reply(await socket.next('subscribe'), subscribed(1, false))
  await following
  await session.end()
  assert.deepEqual(chat.positions, {})
  await session.begin('bob', { access_token: 'token-b', token_type: 'Bearer', expires_in: 900 })
  const opened = chat.open()
  const next = await comeBack(fake)
  await opened
  assert.equal(next.authorization, 'Bearer token-b')
})
