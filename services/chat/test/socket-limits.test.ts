import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { listHealth } from '@secureconnect/directory'
import { closeCodes, limits, rateClasses } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { WebSocket } from 'ws'
import { createRoom } from './create-room.ts'
import { range, sendAtOnce } from './live-room.ts'
import { createPerson, shareChat, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const shared = shareChat('postgres')

test('frames draw on the same limit of their person as requests do, whatever the socket', async (t) => {
  const chat = shared()
  const person = await createPerson(chat)
  const room = await createRoom(chat, [person])
  const sockets = await Promise.all(range(1, 3).map(() => TestSocket.open(t, chat, person)))
  const { burst } = rateClasses.messages
  const message = { conversation_id: room, content: 'hello', message_type: 'text' } as const
  const replies = await Promise.all(
    range(1, burst + 4).map((i) => {
      const socket = sockets[i % sockets.length]
      assert.ok(socket)
      return socket.request('message.send', { ...message, client_id: `${i}` })
    }),
  )
  const refused = replies.filter(({ ok }) => !ok)
  assert.ok(refused.length >= 1 && refused.length <= 4, `${refused.length} refused`)
  for (const { error } of refused) {
    assert.equal(error?.code, 'RATE_LIMITED')
    assert.ok(Number(error?.retry_after_ms) > 0)
  }
})

test('administrators are told how many sockets are open', async (t) => {
  const chat = shared()
  const person = await createPerson(chat)
  const sockets = await Promise.all(range(1, 3).map(() => TestSocket.open(t, chat, person)))
  const isTold = async (count: number) => {
    const [row] = await listHealth(chat.context.sql)
    return row?.counts.sockets === count
  }
  await until('three are told', () => isTold(3), 8_000)
  for (const socket of sockets) socket.ws.terminate()
  await until('none is told', () => isTold(0), 8_000)
})

test('the limits of frames are those that are configured for requests', async (t) => {
  const chat = await startChat(t, 'postgres', { RATELIMIT_MESSAGES: '60/3' })
  const person = await createPerson(chat)
  const room = await createRoom(chat, [person])
  const socket = await TestSocket.open(t, chat, person)
  const message = { conversation_id: room, content: 'hello', message_type: 'text' } as const
  const replies = await Promise.all(range(1, 4).map(() => socket.request('message.send', message)))
  assert.deepEqual(
    replies.map(({ ok, error }) => ok || error?.code),
    [true, true, true, 'RATE_LIMITED'],
  )
})

test('a socket that asks too fast is told so, and one that goes on is closed', async (t) => {
  const chat = shared()
  const socket = await TestSocket.open(t, chat, await createPerson(chat))
  const { burst } = limits.chatFrames
  const first = await Promise.all(range(1, burst).map(() => socket.request('subscribe', { positions: {} })))
  assert.ok(first.every(({ ok }) => ok))
  // A tenth of a second gives one back: more than that is refused, and too much of it is the end.
  for (const i of range(1, burst)) socket.send({ type: 'subscribe', id: `more ${i}`, positions: {} })
  assert.equal(await socket.closed, closeCodes.policy.code)
  assert.ok(socket.frames.some(({ ok, error }) => ok === false && JSON.stringify(error).includes('RATE_LIMITED')))
})

test('500 conversations are followed by one frame, and no more', async (t) => {
  const chat = shared()
  const person = await createPerson(chat)
  const own = await createRoom(chat, [person])
  const socket = await TestSocket.open(t, chat, person)
  const others = range(1, limits.subscriptionsPerFrame - 1).map(() => newId())
  const positions = Object.fromEntries([own, ...others].map((id) => [id, null]))
  const { subscribed, not_found } = await socket.subscribe(positions)
  assert.deepEqual([Object.keys(subscribed), not_found.length], [[own], others.length])
  const refused = await socket.request('subscribe', { positions: { ...positions, [newId()]: null } })
  assert.equal(refused.error?.code, 'VALIDATION_ERROR')
})

test('events are had by pages of up to 500, and a reply holds no more than it should', async (t) => {
  const chat = shared()
  const person = await createPerson(chat)
  const room = await createRoom(chat, [person])
  await sendAtOnce(chat, person, { conversationId: room, texts: range(1, 600).map((i) => `${i}`) })
  const socket = await TestSocket.open(t, chat, person)
  const get = async (after_seq: number, limit?: number) => {
    const { ok, data, error } = await socket.request('events.get', {
      conversation_id: room,
      after_seq,
      ...(limit !== undefined && { limit }),
    })
    return ok ? (data as { events: { seq: number }[] }).events.map(({ seq }) => seq) : error?.code
  }
  assert.deepEqual(await get(0), range(1, 500))
  assert.deepEqual(await get(500), range(501, 600))
  assert.deepEqual(await get(7, 3), [8, 9, 10])
  assert.deepEqual(await get(600), [])
  assert.equal(await get(0, 501), 'VALIDATION_ERROR')
  const big = 'x'.repeat(limits.messageCharacters)
  await sendAtOnce(chat, person, { conversationId: room, texts: range(1, 100).map(() => big) })
  const some = await get(600)
  assert.ok(Array.isArray(some) && some.length > 40 && some.length < 60, `${some?.length} events`)
})

test('a socket is opened for a conversation by its id alone', async () => {
  const chat = shared()
  const { token } = await createPerson(chat)
  const url = `${chat.address.replace('http', 'ws')}/v1/ws/chat?conversation_id=everything`
  const ws = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  ws.on('error', () => undefined)
  const [, { statusCode }] = await once(ws, 'unexpected-response')
  assert.equal(statusCode, 400)
})
