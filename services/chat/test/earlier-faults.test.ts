// The faults of the earlier system that were chat's, by their numbers there: a short proof each that they are not in
// this one. What else holds of each part is tried in the part's own file.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { conversations, messages, presence } from '@secureconnect/protocol'
import { WebSocket } from 'ws'
import { createRoom } from './create-room.ts'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPerson, type Person, shareChat, startChat } from './test-chat.ts'

async function openSocket(t: TestContext, { address }: Chat, { token }: Person): Promise<WebSocket> {
  const url = `${address.replace('http', 'ws')}/v1/ws/chat`
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  t.after(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

/** The status with which a socket was refused. */
async function refusalOf({ address }: Chat, { token }: Person): Promise<number> {
  const url = `${address.replace('http', 'ws')}/v1/ws/chat`
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  const [, response] = await once(socket, 'unexpected-response')
  response.destroy()
  return response.statusCode
}

const text = (conversation_id: string) => ({ conversation_id, content: 'hello', message_type: 'text' as const })

const shared = shareChat('postgres')

test('what is stored is answered so, and no frame and no typing ends the process (earlier fault 2)', async (t) => {
  const chat = shared()
  const [alice, bob] = await Promise.all([createPerson(chat), createPerson(chat)])
  const room = await createRoom(chat, [alice, bob])
  const socket = await openSocket(t, chat, bob)
  for (const frame of ['{', 'null', '[]', '{"type":7}', '{"type":"nothing"}']) socket.send(frame)
  await once(socket, 'close')
  await openSocket(t, chat, bob)
  const typing = { conversation_id: room, is_typing: true }
  assert.equal((await call(chat, presence.type, { token: alice.token, body: typing })).status, 200)
  assert.equal((await call(chat, messages.send, { token: alice.token, body: text(room) })).status, 201)
})

test('messages can be listed once there are some (earlier fault 3)', async () => {
  const chat = shared()
  const alice = await createPerson(chat)
  const room = await createRoom(chat, [alice])
  const body = { ...text(room), metadata: { a: 1 }, mentions: [alice.userId] }
  const sent = await call(chat, messages.send, { token: alice.token, body })
  const listed = await call(chat, messages.list, { token: alice.token, query: { conversation_id: room } })
  assert.equal(listed.status, 200)
  assert.deepEqual(listed.data.messages, [sent.data])
})

test('a stranger reads, sends and changes nothing of a conversation (earlier fault 11)', async () => {
  const chat = shared()
  const [alice, eve] = await Promise.all([createPerson(chat), createPerson(chat)])
  const conversation_id = await createRoom(chat, [alice])
  const { data: message } = await call(chat, messages.send, { token: alice.token, body: text(conversation_id) })
  const { token } = eve
  const params = { conversation_id }
  const answers = await Promise.all([
    call(chat, messages.list, { token, query: params }),
    call(chat, messages.send, { token, body: text(conversation_id) }),
    call(chat, messages.read, { token, body: { conversation_id, seq: 1 } }),
    call(chat, conversations.get, { token, params }),
    call(chat, conversations.update, { token, params, body: { title: 'mine' } }),
    call(chat, conversations.updateSettings, { token, params, body: { history: 'all' } }),
    call(chat, conversations.listParticipants, { token, params }),
    call(chat, conversations.addParticipants, { token, params, body: { user_ids: [eve.userId] } }),
    call(chat, conversations.delete, { token, params }),
    call(chat, presence.type, { token, body: { conversation_id, is_typing: true } }),
  ])
  for (const { status, code } of answers) assert.deepEqual([status, code], [404, 'CONVERSATION_NOT_FOUND'])
  const { message_id } = message
  for (const operation of [messages.get, messages.history, messages.delete]) {
    assert.equal((await call(chat, operation, { token, params: { message_id } })).code, 'MESSAGE_NOT_FOUND')
  }
})

test('the limit of sockets holds, and a place that was left is free again (earlier fault 14)', async (t) => {
  const chat = await startChat(t, 'postgres', { WS_MAX_CHAT_CONNECTIONS: '2' })
  const people = await Promise.all([createPerson(chat), createPerson(chat), createPerson(chat)])
  const [alice, bob, carol] = people
  const first = await openSocket(t, chat, alice)
  await openSocket(t, chat, bob)
  assert.equal(await refusalOf(chat, carol), 503)
  first.close()
  await once(first, 'close')
  await openSocket(t, chat, carol)
})

test('who manages a group removes others, and a block ends a direct conversation (earlier fault 17)', async () => {
  const chat = shared()
  const [alice, bob] = await Promise.all([createPerson(chat), createPerson(chat)])
  const group = await createGroup(chat, alice, [bob])
  const params = { conversation_id: group, user_id: bob.userId }
  assert.equal((await call(chat, conversations.removeParticipant, { token: alice.token, params })).status, 200)
  assert.equal(
    (await call(chat, messages.send, { token: bob.token, body: text(group) })).code,
    'CONVERSATION_NOT_FOUND',
  )
  const direct = await createDirect(chat, alice, bob)
  await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${alice.userId})`
  assert.equal((await call(chat, messages.send, { token: alice.token, body: text(direct) })).code, 'BLOCKED')
})

test('lists with nothing in them are empty lists (earlier fault 18)', async () => {
  const chat = shared()
  const alice = await createPerson(chat)
  const { token } = alice
  assert.deepEqual((await call(chat, conversations.list, { token })).data.conversations, [])
  const group = await createGroup(chat, alice)
  const query = { conversation_id: group }
  assert.deepEqual((await call(chat, messages.list, { token, query })).data.messages, [])
  const sync = await call(chat, conversations.sync, { token })
  assert.deepEqual(sync.data.removed, [])
  const { data } = await call(chat, messages.send, { token, body: text(group) })
  assert.deepEqual([data.mentions, data.file_ids], [[], []])
})
