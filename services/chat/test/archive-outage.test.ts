import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { readJson } from '@secureconnect/test/helpers'
import { cassandraServer, type FaultProxy, faultProxy } from '@secureconnect/test/stack'
import { historyUnavailable } from '../src/errors.ts'
import { forgetLog, isArchived, list, type Room, send } from './archived-room.ts'
import { createGroup } from './groups.ts'
import { call, createPerson, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

async function lagOf({ chat }: Room): Promise<number> {
  const { values } = await chat.context.metrics.archiveLag.get()
  return values[0]?.value ?? Number.NaN
}

async function breakerOf({ chat }: Room): Promise<number | undefined> {
  const { values } = await chat.context.metrics.circuitBreakerState.get()
  return values.find(({ labels }) => labels.dependency === 'cassandra read')?.value
}

async function healthOf({ chat }: Room) {
  const [health, ready] = await Promise.all([fetch(`${chat.address}/health`), fetch(`${chat.address}/ready`)])
  const { status, checks } = await readJson(health)
  return { status, archive: checks.archive?.status, ready: ready.status }
}

/** Everything that goes on without older messages, and everything that says so. */
async function assertDegraded(room: Room, older: string): Promise<void> {
  const { chat, person, conversationId } = room
  const { token } = person
  await until('health tells of the archive', async () => (await healthOf(room)).archive === 'down')
  assert.deepEqual(await healthOf(room), { status: 'degraded', archive: 'down', ready: 200 })
  await until('nobody asks it any more', async () => (await breakerOf(room)) === 2)
  await until('answers tell of the archive', async () => {
    const { headers } = await list(room, { limit: 3 })
    return headers.get('degraded') === 'archive'
  })
  await send(room, 'sent without the archive')
  const newest = await send(room, 'an answer', older)
  const page = await list(room, { limit: 2 })
  assert.deepEqual([page.status, page.data.messages[0]?.message_id], [200, newest])
  const seq = page.data.messages[0]?.seq
  const read = await call(chat, messages.read, { token, body: { conversation_id: conversationId, seq } })
  assert.equal(read.status, 200)
  await until('the lag is told', async () => (await lagOf(room)) > 0)

  const params = { message_id: older }
  const startedAt = performance.now()
  for (const answer of [
    await list(room, { before_seq: 5 }),
    await call(chat, messages.get, { token, params }),
    await call(chat, messages.history, { token, params }),
    await call(chat, messages.edit, { token, params, body: { content: 'not now' } }),
    await call(chat, messages.delete, { token, params }),
  ]) {
    assert.deepEqual([answer.status, answer.code], [503, 'HISTORY_UNAVAILABLE'])
    const retryAfter = Number(answer.headers.get('retry-after'))
    assert.ok(retryAfter >= 1 && retryAfter <= 5)
  }
  assert.ok(performance.now() - startedAt < 2_000, 'nobody waits for what is known to be away')
}

async function assertWhole(room: Room, texts: readonly string[]): Promise<void> {
  await until('the archive has caught up', () => isArchived(room), 20_000)
  await until('the archive is told to be back', async () => (await healthOf(room)).archive === 'up')
  await until('the lag is gone', async () => (await lagOf(room)) === 0)
  await forgetLog(room)
  const answersWhole = async () => {
    const { status, headers } = await list(room, { limit: 100 })
    return status === 200 && headers.get('degraded') === null
  }
  // What is written there again may be read a moment later only.
  await until('answers are whole again', answersWhole)
  const { data } = await list(room, { limit: 100 })
  const shown = data.messages.toReversed().map(({ content }) => content)
  assert.deepEqual(shown, texts)
}

const faults: Record<string, (proxy: FaultProxy) => void> = {
  'refuses connections': (proxy) => proxy.refuse(),
  'hangs with open connections': (proxy) => proxy.freeze(),
  'answers after three seconds': (proxy) => proxy.latency(1_500),
}

suite('chat without Cassandra', { concurrency: true }, () => {
  for (const [name, fail] of Object.entries(faults)) {
    test(`while Cassandra ${name} people write on and read the newest; then nothing is missing or there twice`, async (t) => {
      const proxy = await faultProxy(t, await cassandraServer())
      const chat = await startChat(t, 'postgres', await cassandraEnv(proxy))
      const person = await createPerson(chat)
      const room = { chat, person, conversationId: await createGroup(chat, person) }
      const texts = upTo(8).map((number) => `older ${number}`)
      const ids: string[] = []
      for (const text of texts) ids.push(await send(room, text))
      await until('the first messages are archived', () => isArchived(room), 20_000)
      await forgetLog(room)
      for (const number of upTo(5)) await send(room, `newer ${number}`)
      fail(proxy)
      await assertDegraded(room, ids[0] ?? '')
      await proxy.heal()
      texts.push(...upTo(5).map((number) => `newer ${number}`), 'sent without the archive', 'an answer')
      await assertWhole(room, texts)
    })
  }

  test('a service that starts without Cassandra serves what the log has, and finds it later', async (t) => {
    const proxy = await faultProxy(t, await cassandraServer())
    proxy.refuse()
    const chat = await startChat(t, 'postgres', await cassandraEnv(proxy))
    const person = await createPerson(chat)
    const room = { chat, person, conversationId: await createGroup(chat, person) }
    await send(room, 'early')
    assert.equal((await list(room)).status, 200)
    await until('the service is ready', async () => (await healthOf(room)).ready === 200)
    await proxy.heal()
    await assertWhole(room, ['early'])
  })

  test('without Cassandra what is sent is delivered at once, and who comes back gets what he missed from the log', async (t) => {
    const proxy = await faultProxy(t, await cassandraServer())
    const chat = await startChat(t, 'postgres', await cassandraEnv(proxy))
    const person = await createPerson(chat)
    const room = { chat, person, conversationId: await createGroup(chat, person) }
    const { conversationId } = room
    const listener = await TestSocket.open(t, chat, person)
    await listener.subscribe({ [conversationId]: null })
    proxy.freeze()
    await until('health tells of the archive', async () => (await healthOf(room)).archive === 'down')
    const changed = await send(room, 'first')
    const params = { message_id: changed }
    const edit = await call(chat, messages.edit, { token: person.token, params, body: { content: 'changed' } })
    assert.equal(edit.status, 200)
    await send(room, 'second')
    const missed = listener.seqs(conversationId)[0]
    const last = (await list(room)).data.messages[0]?.seq ?? Number.NaN
    await listener.reach(conversationId, last)
    const back = await TestSocket.open(t, chat, person)
    const position = { log_epoch: 1, seq: (missed ?? 1) - 1 }
    const { subscribed } = await back.subscribe({ [conversationId]: position })
    assert.equal(subscribed[conversationId]?.recovered, true)
    assert.deepEqual(back.seqs(conversationId), listener.seqs(conversationId))
    assert.equal(back.seqs(conversationId).length, 3)
  })

  test('while Cassandra takes no writes all is sent and read, old and new, and comes there once it takes them', async (t) => {
    const chat = await startChat(t, 'postgres', await cassandraEnv())
    const person = await createPerson(chat)
    const room = { chat, person, conversationId: await createGroup(chat, person) }
    const texts = upTo(3).map((number) => `older ${number}`)
    for (const text of texts) await send(room, text)
    await until('the first messages are archived', () => isArchived(room), 20_000)
    await forgetLog(room)
    const { archive } = chat.context
    const { write } = archive
    archive.write = async () => {
      throw historyUnavailable(new Error('no answer within 2,000 ms'))
    }
    texts.push('newer')
    await send(room, 'newer')
    await until('the lag is told', async () => (await lagOf(room)) > 0)
    const { status, data, headers } = await list(room)
    assert.deepEqual([status, headers.get('degraded')], [200, null])
    assert.deepEqual(
      data.messages.toReversed().map(({ content }) => content),
      texts,
    )
    archive.write = write
    await assertWhole(room, texts)
  })
})
