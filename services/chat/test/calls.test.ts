import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { callEventTopic } from '@secureconnect/directory'
import { enqueue } from '@secureconnect/outbox'
import { conversations } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { createDirect, createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { insertRingingCall } from './ringing.ts'
import { type Chat, call, createPerson, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

suite('calls as chat tells of them', () => {
  const shared = shareChat('pglite')

  /** The ids of the calls that a new socket of somebody hears of, up to the last one that rings at him. */
  async function listHeard(t: TestContext, chat: Chat, person: Person): Promise<unknown[]> {
    const caller = await createPerson(chat)
    const conversationId = await createDirect(chat, caller, person)
    const last = await insertRingingCall(chat, { caller, callee: person, conversationId })
    const socket = await TestSocket.open(t, chat, person)
    await socket.next(({ call_id }) => call_id === last)
    const rings = socket.frames.filter(({ type }) => type === 'call.ringing')
    return rings.map(({ call_id }) => call_id).filter((id) => id !== last)
  }

  test('whoever opens a socket while it rings hears of it, and nobody once it rings no more', async (t) => {
    const chat = shared()
    const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
    const conversationId = await createDirect(chat, ada, bob)
    const callId = await insertRingingCall(chat, { caller: ada, callee: bob, conversationId })
    const socket = await TestSocket.open(t, chat, bob)
    const { caller_id, call_type, conversation_id } = await socket.next(({ type }) => type === 'call.ringing')
    assert.deepEqual([caller_id, call_type, conversation_id], [ada.userId, 'video', conversationId])
    const types = socket.frames.map(({ type }) => type)
    assert.ok(types.indexOf('ready') < types.indexOf('call.ringing'))
    assert.deepEqual(await listHeard(t, chat, bob), [callId])
    assert.deepEqual(await listHeard(t, chat, ada), [])
    await chat.context.sql.execute`update call_invites set status = 'declined' where call_id = ${callId}`
    assert.ok(!(await listHeard(t, chat, bob)).includes(callId))
  })

  test('a former member does not hear that it rings in a group', async (t) => {
    const chat = shared()
    const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
    const conversationId = await createGroup(chat, ada, [bob])
    await insertRingingCall(chat, { caller: ada, callee: bob, conversationId })
    const params = { conversation_id: conversationId, user_id: bob.userId }
    assert.equal((await call(chat, conversations.removeParticipant, { token: ada.token, params })).status, 200)
    assert.deepEqual(await listHeard(t, chat, bob), [])
  })

  test('that a call began and ended are events of its conversation, each once and in order', async (t) => {
    const chat = shared()
    const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
    const conversationId = await createGroup(chat, ada, [bob])
    const socket = await TestSocket.open(t, chat, bob)
    await socket.subscribe({ [conversationId]: null })
    const { sql, kv } = chat.context
    const about = { call_id: newId(), call_type: 'audio', caller_id: ada.userId }
    const news = [
      { kind: 'call.started', conversation_id: conversationId, data: about },
      { kind: 'call.ended', conversation_id: conversationId, data: { ...about, status: 'ended', duration_seconds: 7 } },
    ]
    await sql.transaction(async (tx) => {
      for (const payload of news) await enqueue(tx, { topic: callEventTopic, key: conversationId, payload }, kv)
    })
    await socket.next(({ kind }) => kind === 'call.ended')
    const told = socket.events(conversationId).filter(({ kind }) => kind.startsWith('call.'))
    assert.deepEqual(
      told.map(({ kind, data }) => ({ kind, conversation_id: conversationId, data })),
      news,
    )
    const kinds = (await listEvents(sql, { conversationId })).map(({ kind }) => kind)
    assert.deepEqual(
      kinds.filter((kind) => kind.startsWith('call.')),
      ['call.started', 'call.ended'],
    )
  })

  test('news of a call in a conversation that nobody is in any more is let go of', async () => {
    const chat = shared()
    const ada = await createPerson(chat)
    const conversationId = await createGroup(chat, ada, [])
    const params = { conversation_id: conversationId }
    assert.equal((await call(chat, conversations.delete, { token: ada.token, params })).status, 200)
    const { sql, kv } = chat.context
    const data = { call_id: newId(), call_type: 'audio', caller_id: ada.userId }
    const payload = { kind: 'call.started', conversation_id: conversationId, data }
    await sql.transaction(
      async (tx) => void (await enqueue(tx, { topic: callEventTopic, key: conversationId, payload }, kv)),
    )
    const waiting = () => sql.execute`select 1 from outbox where topic = ${callEventTopic} and key = ${conversationId}`
    await until('it is let go of', async () => (await waiting()) === 0)
  })
})
