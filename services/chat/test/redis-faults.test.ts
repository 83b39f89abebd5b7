import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { presence } from '@secureconnect/protocol'
import { readJson } from '@secureconnect/test/helpers'
import { faultProxy, ownRedisServer, type RedisAddress } from '@secureconnect/test/stack'
import { Redis } from 'ioredis'
import { range, send } from './live-room.ts'
import { type Chat, call, type Person } from './test-chat.ts'
import { latestMs, startTwo } from './two-chats.ts'
import { until } from './until.ts'

/** Within this a failure is visible, and its end too. */
const visibleMs = 10_000

type Two = Awaited<ReturnType<typeof startTwo>>

async function see(chat: Chat, { token }: Person, { userId }: Person) {
  const { data, headers } = await call(chat, presence.list, { token, query: { user_ids: userId } })
  return { status: data.presence[0]?.status, degraded: headers.get('degraded') }
}

const show = (chat: Chat, { token }: Person, status: 'online' | 'away' | 'busy') =>
  call(chat, presence.set, { token, body: { status } })

/** On a busy machine Redis may take longer for a note than it is waited for. */
const untilSeen = ({ here, there, alice, bob }: Two, status: 'online' | 'away') =>
  until(`one sees at one process who is ${status} at the other`, async () => {
    await show(there, bob, status)
    const seen = await see(here, alice, bob)
    return seen.status === status && seen.degraded === null
  })

/** Both write, each at his process; all of it comes to both, at once and in order, since `first`. */
async function assertTalk({ here, there, alice, bob, group, near, far }: Two, first: number): Promise<void> {
  const sent = await Promise.all([send(here, alice, group), send(there, bob, group), send(here, alice, group)])
  const last = Math.max(...sent.map(({ seq }) => seq))
  for (const socket of [near, far]) {
    await socket.reach(group, last, latestMs)
    assert.deepEqual(socket.seqs(group), range(first, last))
  }
}

async function modeOf({ context }: Chat): Promise<number | undefined> {
  return (await context.metrics.redisDegradedMode.get()).values[0]?.value
}

async function healthOf({ address }: Chat) {
  const [health, ready] = await Promise.all([fetch(`${address}/health`), fetch(`${address}/ready`)])
  return { status: (await readJson(health)).status, ready: ready.status }
}

type Fault = { fail: () => unknown; heal: () => unknown }

/** Breaks Redis and mends it again; all that chat promises for the time between and after is checked. */
async function outlive(t: TestContext, redis: RedisAddress, { fail, heal }: Fault): Promise<void> {
  const two = await startTwo(t, redis)
  const { here, there, alice, bob, group } = two
  await until('both have Redis', () => !here.context.kv.isDegraded && !there.context.kv.isDegraded)
  await untilSeen(two, 'online')
  const { seq: first } = await send(here, alice, group)
  await fail()
  await assertTalk(two, first)
  for (const chat of [here, there]) {
    await until('that Redis is away is told', async () => (await modeOf(chat)) === 1, visibleMs)
    assert.deepEqual(await healthOf(chat), { status: 'degraded', ready: 200 })
  }
  await show(there, bob, 'busy')
  assert.deepEqual(await see(here, alice, bob), { status: 'unknown', degraded: 'redis' })
  assert.deepEqual(await see(there, alice, bob), { status: 'busy', degraded: 'redis' })
  await assertTalk(two, first)
  await heal()
  for (const chat of [here, there]) {
    await until('that Redis is back is told', async () => (await modeOf(chat)) === 0, visibleMs)
    await until('health is good', async () => (await healthOf(chat)).status === 'healthy', visibleMs)
  }
  await untilSeen(two, 'away')
  await assertTalk(two, first)
}

/** A Redis of its own, and who may do everything there. */
async function startOwn(t: TestContext) {
  const server = await ownRedisServer(t)
  const { host, port, username, password } = server
  const admin = new Redis({ host, port, username, password })
  t.after(() => admin.disconnect())
  return { server, admin }
}

suite('Redis fails people who talk to each other at two processes, and nobody has to wait or to help', () => {
  test('two seconds slow', async (t) => {
    const { server } = await startOwn(t)
    const proxy = await faultProxy(t, server)
    const address = { ...server, host: proxy.host, port: proxy.port }
    await outlive(t, address, { fail: () => proxy.latency(2_000), heal: () => proxy.heal() })
  })

  test('read-only, while reads still work', async (t) => {
    const { server, admin } = await startOwn(t)
    await outlive(t, server, {
      fail: () => admin.replicaof('127.0.0.1', 9),
      heal: () => admin.replicaof('NO', 'ONE'),
    })
  })

  test('out of memory, while reads still work', async (t) => {
    const { server, admin } = await startOwn(t)
    await admin.set('ballast', 'x'.repeat(1_000_000))
    const limitMemory = (limit: string) => () => admin.config('SET', 'maxmemory', limit)
    await outlive(t, server, { fail: limitMemory('1mb'), heal: limitMemory('0') })
  })

  test('forgetting everything: messages come as before, and who says what he is is seen', async (t) => {
    const { server, admin } = await startOwn(t)
    const two = await startTwo(t, server)
    const { here, there, alice, bob, group } = two
    await show(there, bob, 'online')
    const { seq: first } = await send(here, alice, group)
    await until('health is good', async () => (await healthOf(here)).status === 'healthy', visibleMs)
    await admin.flushall()
    await admin.script('FLUSH')
    await assertTalk(two, first)
    await show(there, bob, 'busy')
    assert.deepEqual(await see(here, alice, bob), { status: 'busy', degraded: null })
    assert.deepEqual([await modeOf(here), await modeOf(there)], [0, 0])
    assert.deepEqual(await healthOf(here), { status: 'healthy', ready: 200 })
  })
})
