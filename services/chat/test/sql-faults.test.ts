import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { type FaultProxy, faultProxy, ownRedisServer } from '@secureconnect/test/stack'
import { createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { range, send } from './live-room.ts'
import { listNotified } from './notified.ts'
import { call, createPerson, onServers, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { latestMs } from './two-chats.ts'
import { until } from './until.ts'

/** What a client sends one after another while the database is not well: each once, or again and again. */
async function startWriting(t: TestContext) {
  const database = await createMigratedDatabase(t)
  const proxy = await faultProxy(t, database)
  const through = { ...database, host: proxy.host, port: proxy.port }
  const chat = await startChatOn(t, await onServers(through, await ownRedisServer(t)))
  const [alice, bob] = [await createPerson(chat), await createPerson(chat)]
  const group = await createGroup(chat, alice, [bob])
  const far = await TestSocket.open(t, chat, bob)
  await far.subscribe({ [group]: null })
  const { seq: first } = await send(chat, alice, group, 'before')
  const told = new Map<string, string>()

  /** Sends one, and sees that it is either told to be there or refused for now, with a word about when to try again. */
  const attempt = async (clientId: string): Promise<boolean> => {
    const mentions = [bob.userId]
    const body = {
      conversation_id: group,
      client_id: clientId,
      content: clientId,
      message_type: 'text',
      mentions,
    } as const
    const { status, code, headers, data } = await call(chat, messages.send, { token: alice.token, body })
    if (status === 201) {
      assert.equal(told.get(clientId) ?? data.message_id, data.message_id)
      told.set(clientId, data.message_id)
      return true
    }
    assert.deepEqual([status, code], [503, 'SERVICE_UNAVAILABLE'])
    const retryAfter = Number(headers.get('retry-after'))
    assert.ok(retryAfter >= 1 && retryAfter <= 5, `Retry-After: ${retryAfter}`)
    return false
  }
  return { proxy, chat, bob, group, far, first, told, attempt }
}

type Writing = Awaited<ReturnType<typeof startWriting>>

/** Each message is there once, live and in the log, in the archive and in what goes out, all in the order of the log. */
async function assertWhole({ chat, bob, group, far, first, told, attempt }: Writing, clientIds: readonly string[]) {
  const { sql } = chat.context
  for (const clientId of clientIds) await until('sends are taken again', () => attempt(clientId))
  const events = await listEvents(sql, { conversationId: group, afterSeq: first })
  assert.deepEqual(
    events.map(({ seq }) => seq),
    range(first + 1, first + clientIds.length),
  )
  const stored = new Map(events.map(({ content, message_id }) => [content, message_id]))
  assert.deepEqual(new Set(stored.keys()), new Set(clientIds))
  for (const [clientId, messageId] of told) assert.equal(stored.get(clientId), messageId)

  await far.reach(group, first + clientIds.length, latestMs)
  assert.deepEqual(far.seqs(group), range(first, first + clientIds.length))
  await until('all is archived', async () => {
    const rows = await sql.execute`
      select 1 from archive_state join conversations using (conversation_id)
      where conversation_id = ${group} and archived_seq = last_seq`
    return rows === 1
  })
  const newestFirst = events.map(({ message_id }) => message_id).toReversed()
  const idsOf = async () =>
    (await listNotified(chat, bob)).map(({ message_id }) => message_id ?? '').filter((id) => newestFirst.includes(id))
  await until('all is notified of', async () => (await idsOf()).length >= newestFirst.length)
  assert.deepEqual(await idsOf(), newestFirst)
}

test('while each statement takes more than three seconds sends are refused for now, and are there once and in order later', async (t) => {
  const writing = await startWriting(t)
  const clientIds = range(1, 8).map(() => newId())
  writing.proxy.latency(2_000)
  const refused = await Promise.all(clientIds.map((id) => writing.attempt(id)))
  assert.ok(!refused.includes(true), 'none can have been committed in time')
  await writing.proxy.heal()
  await assertWhole(writing, clientIds)
})

/** Loses all connections again and again, each time for some hundred milliseconds. */
async function flap(proxy: FaultProxy, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    proxy.reset()
    await delay(300)
    await proxy.heal()
    await delay(400)
  }
}

test('while the database comes and goes no send is told to be there that is not, and each is there once in the end', async (t) => {
  const writing = await startWriting(t)
  const clientIds: string[] = []
  let isOver = false
  const flapping = flap(writing.proxy, 8).finally(() => {
    isOver = true
  })
  let refused = 0
  while (!isOver) {
    const clientId = newId()
    clientIds.push(clientId)
    if (!(await writing.attempt(clientId))) refused += 1
    await delay(100)
  }
  await flapping
  t.diagnostic(`${clientIds.length} sent, ${refused} refused at first`)
  assert.ok(refused > 0)
  await assertWhole(writing, clientIds)
})
