import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conversations, messages } from '@secureconnect/protocol'
import { createGroup } from './groups.ts'
import { send } from './live-room.ts'
import { call, createPerson, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

test('who joins later is not told what an older message says now: live, replayed or asked for', async (t) => {
  const chat = await startChat(t, 'postgres')
  const [alice, bob] = await Promise.all([createPerson(chat), createPerson(chat)])
  const group = await createGroup(chat, alice)
  const params = { conversation_id: group }
  await call(chat, conversations.updateSettings, { token: alice.token, params, body: { history: 'joined' } })
  const old = await send(chat, alice, group, 'before')
  await call(chat, conversations.addParticipants, { token: alice.token, params, body: { user_ids: [bob.userId] } })
  const own = await call(chat, conversations.get, { token: bob.token, params })
  const [near, far] = [await TestSocket.open(t, chat, alice), await TestSocket.open(t, chat, bob)]
  for (const socket of [near, far]) await socket.subscribe({ [group]: null })

  const body = { content: 'a secret', metadata: { note: 'a secret' } }
  await call(chat, messages.edit, { token: alice.token, params: { message_id: old.message_id }, body })
  const { seq } = await send(chat, alice, group, 'after')
  await Promise.all([near.reach(group, seq), far.reach(group, seq)])
  const again = await TestSocket.open(t, chat, bob)
  await again.subscribe({ [group]: { log_epoch: 1, seq: own.data.visible_from } })
  const asked = await far.request('events.get', { conversation_id: group, after_seq: 0 })

  assert.match(JSON.stringify(near.frames), /a secret/)
  for (const told of [far.frames, again.frames, asked]) {
    assert.match(JSON.stringify(told), /message\.edited/)
    assert.doesNotMatch(JSON.stringify(told), /a secret/)
  }
})
