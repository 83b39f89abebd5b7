import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { conversations, limits, messages } from '@secureconnect/protocol'
import { createRoom } from './create-room.ts'
import { createGroup } from './groups.ts'
import { range, send, sendSilently } from './live-room.ts'
import { call, createPerson, type Engine, type Person, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

async function startRoom(t: TestContext, engine: Engine = 'postgres') {
  const chat = await startChat(t, engine)
  const [alice, bob] = [await createPerson(chat, 'alice'), await createPerson(chat, 'bob')]
  const room = await createRoom(chat, [alice, bob])
  const open = (person: Person) => TestSocket.open(t, chat, person)
  const write = (...texts: string[]) => sendSilently(chat, alice, { conversationId: room, texts })
  return { chat, alice, bob, room, open, write }
}

const texts = (count: number) => range(1, count).map((i) => `text ${i}`)

test('a thousand missed events come whole and in order; with one more none come, and it is said', async (t) => {
  const { chat, bob, room, open, write } = await startRoom(t)
  await write(...texts(limits.replayedEvents))
  const whole = await open(bob)
  const { subscribed } = await whole.subscribe({ [room]: { log_epoch: 1, seq: 0 } }, 20_000)
  assert.deepEqual(subscribed[room], { log_epoch: 1, last_seq: limits.replayedEvents, recovered: true })
  assert.deepEqual(whole.seqs(room), range(1, limits.replayedEvents))
  const last = await write('one more')
  const behind = await open(bob)
  const answer = await behind.subscribe({ [room]: { log_epoch: 1, seq: 0 } })
  assert.deepEqual(answer.subscribed[room], { log_epoch: 1, last_seq: last, recovered: false })
  assert.deepEqual(behind.seqs(room), [])
  const { seq } = await send(chat, bob, room)
  await behind.reach(room, seq)
  assert.deepEqual(behind.seqs(room), [seq])
  const counted = await chat.context.metrics.resume.get()
  assert.deepEqual(
    counted.values.map(({ labels, value }) => [labels.result, value]),
    [
      ['recovered', 1],
      ['not_recovered', 1],
    ],
  )
})

test('what lies below the start of the log, in another epoch or ahead of it is not recovered', async (t) => {
  const { chat, bob, room, open, write } = await startRoom(t)
  await write(...texts(10))
  const { sql } = chat.context
  await sql.execute`update archive_state set log_start = 4, archived_seq = 4 where conversation_id = ${room}`
  await sql.execute`delete from conversation_log where conversation_id = ${room} and seq <= 4`
  for (const [position, recovered] of [
    [{ log_epoch: 1, seq: 3 }, false],
    [{ log_epoch: 1, seq: 4 }, true],
    [{ log_epoch: 1, seq: 10 }, true],
    [{ log_epoch: 1, seq: 11 }, false],
    [{ log_epoch: 2, seq: 4 }, false],
    [null, false],
  ] as const) {
    const socket = await open(bob)
    const { subscribed } = await socket.subscribe({ [room]: position })
    assert.equal(subscribed[room]?.recovered, recovered, JSON.stringify(position))
    assert.deepEqual(socket.seqs(room), recovered ? range((position?.seq ?? 0) + 1, 10) : [])
  }
})

test('who began at the end and asks for earlier has not got it; who asks for what he got has', async (t) => {
  const { bob, room, open, write } = await startRoom(t)
  await write(...texts(5))
  const socket = await open(bob)
  await socket.subscribe({ [room]: null })
  for (const [seq, recovered] of [
    [2, false],
    [5, true],
    [6, false],
  ] as const) {
    const { subscribed } = await socket.subscribe({ [room]: { log_epoch: 1, seq } })
    assert.equal(subscribed[room]?.recovered, recovered, `${seq}`)
  }
  assert.deepEqual(socket.seqs(room), [])
})

test('a restore from backup sends everybody away, and nobody goes on from where he was', async (t) => {
  const { chat, alice, bob, room, open, write } = await startRoom(t)
  await write(...texts(5))
  const socket = await open(bob)
  await socket.subscribe({ [room]: { log_epoch: 1, seq: 5 } })
  const { sql } = chat.context
  await sql.execute`delete from conversation_log where conversation_id = ${room} and seq > 3`
  await sql.execute`
    update conversations set log_epoch = 2, last_seq = 3, changed_at = clock_timestamp() where conversation_id = ${room}`
  assert.equal(await socket.closed, 1012)
  const { seq } = await send(chat, alice, room, 'after the restore')
  assert.equal(seq, 4)
  const again = await open(bob)
  const { subscribed } = await again.subscribe({ [room]: { log_epoch: 1, seq: 5 } })
  assert.deepEqual(subscribed[room], { log_epoch: 2, last_seq: 4, recovered: false })
  await send(chat, alice, room)
  await again.reach(room, 5)
  assert.deepEqual(again.seqs(room), [5])
})

test('who joined later gets nothing of what was said before, from whatever position he asks', async (t) => {
  const chat = await startChat(t, 'postgres')
  const [alice, bob] = [await createPerson(chat, 'alice'), await createPerson(chat, 'bob')]
  const group = await createGroup(chat, alice)
  const params = { conversation_id: group }
  await call(chat, conversations.updateSettings, { token: alice.token, params, body: { history: 'joined' } })
  const { seq } = await send(chat, alice, group, 'between us')
  await call(chat, conversations.addParticipants, { token: alice.token, params, body: { user_ids: [bob.userId] } })
  const last = await send(chat, alice, group, 'for all')
  for (const position of [0, seq - 1, seq, last.seq - 1]) {
    const socket = await TestSocket.open(t, chat, bob)
    await socket.subscribe({ [group]: { log_epoch: 1, seq: position } })
    assert.doesNotMatch(JSON.stringify(socket.frames), /between us/)
    const { data } = await socket.request('events.get', { conversation_id: group, after_seq: position })
    assert.doesNotMatch(JSON.stringify(data), /between us/)
    assert.match(JSON.stringify(data), /for all/)
  }
})

test('of a text that was deleted, or whose time is up, nothing is replayed', async (t) => {
  const { chat, alice, bob, room, open, write } = await startRoom(t)
  const first = await open(bob)
  await first.subscribe({ [room]: null })
  const deleted = await send(chat, alice, room, 'a canary')
  const body = { conversation_id: room, content: 'an ephemeral', message_type: 'text', expires_in_seconds: 5 }
  const expiring = await call(chat, messages.send, { token: alice.token, body })
  assert.equal(expiring.status, 201)
  await first.reach(room, expiring.data.seq)
  const before = await open(bob)
  await before.subscribe({ [room]: { log_epoch: 1, seq: 0 } })
  assert.match(JSON.stringify(before.frames), /a canary.*an ephemeral/)
  await call(chat, messages.delete, { token: alice.token, params: { message_id: deleted.message_id } })
  const { sql } = chat.context
  await sql.execute`update conversation_log set expires_at = clock_timestamp() where seq = ${expiring.data.seq}`
  const last = await write('last')
  const after = await open(bob)
  await after.subscribe({ [room]: { log_epoch: 1, seq: 0 } })
  assert.doesNotMatch(JSON.stringify(after.frames), /a canary|an ephemeral/)
  assert.deepEqual(after.seqs(room), range(1, last))
})

test('many who missed the same read it once', async (t) => {
  const { chat, alice, bob, room, open, write } = await startRoom(t)
  await write(...texts(100))
  const sockets = await Promise.all(range(1, 18).map((i) => open(i % 2 ? alice : bob)))
  const reads = async () => {
    const { values } = await chat.context.metrics.dbQueryDuration.get()
    const isRead = ({ metricName, labels }: (typeof values)[number]) =>
      metricName?.endsWith('_count') && labels.operation === 'select' && labels.table === 'conversation_log'
    return values.filter(isRead).reduce((sum, { value }) => sum + value, 0)
  }
  const before = await reads()
  await Promise.all(sockets.map((socket) => socket.subscribe({ [room]: { log_epoch: 1, seq: 50 } })))
  for (const socket of sockets) assert.deepEqual(socket.seqs(room), range(51, 100))
  const count = (await reads()) - before
  assert.equal(count, 1)
})

test('what is said while somebody catches up comes after what he missed', async (t) => {
  const { chat, alice, bob, room, open, write } = await startRoom(t)
  await write(...texts(900))
  const socket = await open(bob)
  const caughtUp = socket.subscribe({ [room]: { log_epoch: 1, seq: 0 } }, 20_000)
  const sent = await Promise.all(range(1, 20).map((i) => send(chat, alice, room, `live ${i}`)))
  assert.equal((await caughtUp).subscribed[room]?.recovered, true)
  await socket.reach(room, Math.max(...sent.map(({ seq }) => seq)))
  assert.deepEqual(socket.seqs(room), range(1, 920))
})
