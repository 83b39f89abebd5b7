import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Priority } from '@secureconnect/protocol'
import type { Frame } from '@secureconnect/test/services'
import { createRoom } from './create-room.ts'
import { send } from './live-room.ts'
import { createPerson, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

/** Two people who listen to a group at a process that can be told to have too much to do. */
async function startLoaded(t: TestContext) {
  const chat = await startChat(t, 'pglite')
  const [alice, bob] = [await createPerson(chat), await createPerson(chat)]
  const room = await createRoom(chat, [alice, bob])
  const [near, far] = [await TestSocket.open(t, chat, alice), await TestSocket.open(t, chat, bob)]
  for (const socket of [near, far]) await socket.subscribe({ [room]: null })
  const giveWay = (...priorities: Priority[]) =>
    t.mock.method(chat.context.load, 'isShedding', (priority: Priority) => priorities.includes(priority))
  return { chat, alice, room, near, far, giveWay }
}

const isTyping = ({ type }: Frame) => type === 'typing'

test('under load a socket gets no typing and no presence, and every message', async (t) => {
  const { chat, alice, room, near, far, giveWay } = await startLoaded(t)
  const loaded = giveWay('droppable')
  chat.context.fanOut.signal(room, {
    frame: { type: 'typing', conversation_id: room, user_id: alice.userId, is_typing: true },
    apart: [],
  })
  const asked = await near.request('presence.watch', { user_ids: [] })
  assert.equal(asked.error?.code, 'CAPACITY')
  near.send({ type: 'typing', conversation_id: room, is_typing: true })
  const refused = await near.next(({ type, id, ok }) => type === 'reply' && id === undefined && ok === false)
  assert.match(JSON.stringify(refused.error), /CAPACITY/)
  const { seq } = await send(chat, alice, room)
  await far.reach(room, seq)
  loaded.mock.restore()
  chat.context.fanOut.signal(room, {
    frame: { type: 'typing', conversation_id: room, user_id: alice.userId, is_typing: false },
    apart: [],
  })
  await far.next(isTyping)
  assert.deepEqual(
    far.frames.filter(isTyping).map(({ is_typing }) => is_typing),
    [false],
  )
})

test('under load reads over a socket give way as those over REST do, and sends go through', async (t) => {
  const { room, near, far, giveWay } = await startLoaded(t)
  giveWay('droppable', 'read', 'interactive')
  const reading = await near.request('events.get', { conversation_id: room, after_seq: 0 })
  assert.equal(reading.error?.code, 'CAPACITY')
  assert.ok(Number(reading.error?.retry_after_ms) > 0)
  const sent = await near.request('message.send', { conversation_id: room, content: 'on', message_type: 'text' })
  assert.equal(sent.ok, true)
  await far.next(({ type, conversation_id }) => type === 'event' && conversation_id === room)
})
