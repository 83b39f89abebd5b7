import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { conversations } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createGroup } from './groups.ts'
import { send } from './live-room.ts'
import { call, createPerson, type Engine, type Person, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

async function startRoom(t: TestContext, engine: Engine = 'postgres') {
  const chat = await startChat(t, engine)
  const [alice, bob, eve] = [
    await createPerson(chat, 'alice'),
    await createPerson(chat, 'bob'),
    await createPerson(chat, 'eve'),
  ]
  const group = await createGroup(chat, alice, [bob])
  const open = (person: Person, query?: string) => TestSocket.open(t, chat, person, query)
  return { chat, alice, bob, eve, group, open }
}

for (const engine of ['postgres', 'pglite'] as const) {
  test(`what is sent reaches those who follow, in order and once (${engine})`, async (t) => {
    const { chat, alice, bob, group, open } = await startRoom(t, engine)
    const sockets = [await open(alice), await open(bob), await open(bob)]
    for (const socket of sockets) await socket.subscribe({ [group]: null })
    const sent = await Promise.all(Array.from({ length: 20 }, (_, i) => send(chat, i % 2 ? alice : bob, group, `${i}`)))
    const seqs = sent.map(({ seq }) => seq).sort((a, b) => a - b)
    for (const socket of sockets) {
      await socket.reach(group, Math.max(...seqs))
      assert.deepEqual(socket.seqs(group), seqs)
    }
    const [first] = sockets[0]?.events(group) ?? []
    assert.deepEqual(
      first?.data,
      sent.find(({ seq }) => seq === first?.seq),
    )
  })
}

test('a stranger follows nothing, and learns nothing', async (t) => {
  const { chat, alice, eve, group, open } = await startRoom(t)
  const stranger = await open(eve)
  const other = '0190a000-0000-7000-8000-000000000001'
  assert.deepEqual(await stranger.subscribe({ [group]: null, [other]: null }), {
    subscribed: {},
    not_found: [group, other],
  })
  const refused = await stranger.request('events.get', { conversation_id: group, after_seq: 0 })
  assert.equal(refused.error?.code, 'CONVERSATION_NOT_FOUND')
  await send(chat, alice, group)
  const member = await open(alice)
  await member.subscribe({ [group]: { log_epoch: 1, seq: 0 } })
  assert.deepEqual(stranger.events(group), [])
})

test('whoever comes back gets what he missed before what happens', async (t) => {
  const { chat, alice, bob, group, open } = await startRoom(t)
  const { seq } = await send(chat, alice, group, 'seen')
  for (let i = 0; i < 5; i += 1) await send(chat, alice, group, `missed ${i}`)
  const socket = await open(bob)
  const { subscribed } = await socket.subscribe({ [group]: { log_epoch: 1, seq } })
  assert.deepEqual(subscribed[group], { log_epoch: 1, last_seq: seq + 5, recovered: true })
  assert.deepEqual(
    socket.seqs(group),
    [1, 2, 3, 4, 5].map((step) => seq + step),
  )
  await send(chat, alice, group, 'live')
  await socket.reach(group, seq + 6)
})

test('a socket that is opened for one conversation hears of no other', async (t) => {
  const { chat, alice, bob, group, open } = await startRoom(t)
  const socket = await open(bob, `?conversation_id=${group}`)
  const other = await createGroup(chat, alice, [bob])
  assert.deepEqual((await socket.subscribe({ [other]: null, [group]: null })).not_found, [other])
  await send(chat, alice, other)
  const { seq } = await send(chat, alice, group)
  await socket.reach(group, seq)
  assert.equal(socket.frames.filter(({ type }) => type === 'conversation.added').length, 0)
})

test('a removed member gets nothing that is sent after he was removed, and may come back', async (t) => {
  const { chat, alice, bob, group, open } = await startRoom(t)
  const socket = await open(bob)
  await socket.subscribe({ [group]: null })
  await send(chat, alice, group, 'before')
  const params = { conversation_id: group, user_id: bob.userId }
  await call(chat, conversations.removeParticipant, { token: alice.token, params })
  await socket.next(({ type }) => type === 'conversation.removed')
  await send(chat, alice, group, 'after')
  const body = { user_ids: [bob.userId] }
  await call(chat, conversations.addParticipants, { token: alice.token, params, body })
  await socket.next(({ type }) => type === 'conversation.added')
  await socket.subscribe({ [group]: null })
  const { seq } = await send(chat, alice, group, 'again')
  await socket.reach(group, seq)
  assert.doesNotMatch(JSON.stringify(socket.frames), /after/)
  assert.match(JSON.stringify(socket.frames), /before.*again/)
})

test('a removal that is told late, after its person is back, is told no more', async (t) => {
  const { chat, bob, group, open } = await startRoom(t)
  const socket = await open(bob)
  await socket.subscribe({ [group]: null })
  const late = ['conversation.removed', 'conversation.added'] as const
  for (const type of late)
    chat.context.audience.tell({ frame_id: newId(), user_id: bob.userId, frame: { type, conversation_id: group } })
  await socket.next(({ type }) => type === 'conversation.added')
  assert.ok(!socket.frames.some(({ type }) => type === 'conversation.removed'))
  const { seq } = await send(chat, bob, group)
  await socket.reach(group, seq)
})

test('messages are sent, changed, deleted and read over the socket as over REST', async (t) => {
  const { alice, bob, group, open } = await startRoom(t)
  const [writer, reader] = [await open(alice), await open(bob)]
  for (const socket of [writer, reader]) await socket.subscribe({ [group]: null })
  const draft = { conversation_id: group, client_id: 'one', content: 'helo', message_type: 'text' } as const
  const sent = await writer.request('message.send', draft)
  const again = await writer.request('message.send', draft)
  assert.ok(sent.ok)
  assert.deepEqual(again.data, sent.data)
  const { message_id, seq } = sent.data as { message_id: string; seq: number }
  assert.ok((await writer.request('message.edit', { message_id, content: 'hello' })).ok)
  assert.equal((await reader.request('message.edit', { message_id, content: 'no' })).error?.code, 'FORBIDDEN')
  assert.ok((await reader.request('read', { conversation_id: group, seq })).ok)
  const receipt = await writer.next(({ type }) => type === 'receipt')
  const receipts = [{ user_id: bob.userId, delivered_seq: seq, read_seq: seq }]
  assert.deepEqual(receipt, { type: 'receipt', conversation_id: group, receipts })
  assert.ok((await writer.request('message.delete', { message_id })).ok)
  await reader.reach(group, seq + 2)
  assert.deepEqual(
    reader.events(group).map(({ kind }) => kind),
    ['message.created', 'message.edited', 'message.deleted'],
  )
  const { data } = await reader.request('events.get', { conversation_id: group, after_seq: seq - 1 })
  assert.doesNotMatch(JSON.stringify(data), /hello|helo/)
})
