import assert from 'node:assert/strict'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { suite, type TestContext, test } from 'node:test'
import { type Control, faultProxy, ownRedisServer, type RedisAddress } from '@secureconnect/test/stack'
import type { Redis } from 'ioredis'
import { connectKv, createRateLimiter, type Kv, type RateLimiter } from '../src/index.ts'
import { createTestMetrics, openAdmin, startLossyNetwork, toKvOptions, until } from './testing.ts'

/** What a request may lose to Redis once, and what it may lose once Redis is known to be away. */
const boundMs = { once: 200, away: 50 }
const visibleWithinMs = 10_000
const ttlMs = 60_000

type Request = { startedAt: number; tookMs: number }

/** Requests one after another, each of several steps, as a service would make them; one that fails fails the test. */
function startTraffic(t: TestContext, { kv, limiter }: { kv: Kv; limiter: RateLimiter }) {
  const requests: Request[] = []
  const stop = new AbortController()
  async function serve(index: number): Promise<void> {
    const rate = { perMinute: 60_000, burst: 1_000 }
    await limiter.take({ key: 'user', rate, endpoint: '/v1/messages' })
    await kv.set(`value:${index % 10}`, 'x'.repeat(100), { ttlMs })
    await kv.get(`value:${index % 10}`)
    await Promise.all([kv.increment('count', { ttlMs }), kv.addToSet('set', ['member'], { ttlMs })])
    await kv.listSet('set')
    await kv.publish('channel', 'message')
    await kv.delete(`value:${index % 10}`)
  }
  async function run(): Promise<void> {
    for (let index = 0; !stop.signal.aborted; index++) {
      const startedAt = performance.now()
      await serve(index)
      requests.push({ startedAt, tookMs: performance.now() - startedAt })
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const stalls = monitorEventLoopDelay({ resolution: 5 })
  stalls.enable()
  const running = run()
  const end = async () => {
    stop.abort()
    await running
    stalls.disable()
    // What a busy machine takes from this process is no fault of Redis; a request may meet it twice.
    return { requests, slackMs: (2 * stalls.max) / 1e6 }
  }
  t.after(end)
  return { end }
}

function longestMs(requests: readonly Request[]): number {
  return Math.max(0, ...requests.map(({ tookMs }) => tookMs))
}

async function openPair(t: TestContext, address: RedisAddress) {
  const metrics = createTestMetrics()
  const kv = await connectKv(toKvOptions(address, metrics))
  t.after(() => kv.close())
  const limiter = createRateLimiter({ kv, metrics, replicas: 2 })
  const readMode = async () => (await metrics.redisDegradedMode.get()).values[0]?.value
  const listErrors = async () =>
    (await metrics.redisErrors.get()).values.filter(({ value }) => value > 0).map(({ labels }) => labels.error)
  return { kv, metrics, limiter, readMode, listErrors }
}

type Fault = { fail: () => unknown; heal: () => unknown; error: string }

/** Breaks Redis under traffic and mends it again; everything promised for the time between is checked. */
async function outlive(t: TestContext, address: RedisAddress, { fail, heal, error }: Fault): Promise<void> {
  const { kv, limiter, readMode, listErrors } = await openPair(t, address)
  assert.equal(await readMode(), 0)
  const traffic = startTraffic(t, { kv, limiter })
  await kv.set('before', 'kept', { ttlMs })
  await fail()
  const noticedMs = await until(async () => (await readMode()) === 1, visibleWithinMs)
  const awaySince = performance.now()
  assert.equal(kv.isDegraded, true)
  assert.notEqual(kv.probe.state.status, 'up')
  // Longer than the breaker's rest: no request may be the one that tries Redis again.
  await new Promise((resolve) => setTimeout(resolve, 7_500))
  await heal()
  const awayUntil = performance.now()
  const backMs = await until(async () => (await readMode()) === 0, visibleWithinMs)
  await kv.set('after', 'shared', { ttlMs })
  const { requests, slackMs } = await traffic.end()

  const whileAway = requests.filter(({ startedAt }) => startedAt > awaySince && startedAt < awayUntil)
  t.diagnostic(
    `noticed in ${Math.round(noticedMs)} ms, back in ${Math.round(backMs)} ms; longest of ${requests.length} requests ` +
      `${longestMs(requests).toFixed(1)} ms, of ${whileAway.length} while away ${longestMs(whileAway).toFixed(1)} ms; this process stalled ${(slackMs / 2).toFixed(0)} ms`,
  )
  assert.ok(longestMs(requests) < boundMs.once + slackMs, `a request took ${longestMs(requests)} ms`)
  assert.ok(
    longestMs(whileAway) < boundMs.away + slackMs,
    `a request took ${longestMs(whileAway)} ms with the breaker open`,
  )
  assert.ok((await listErrors()).includes(error), `${await listErrors()}`)
  const another = await openPair(t, address)
  assert.equal(await another.kv.get('after'), 'shared')
}

/** How the server is reached by someone who may do everything. */
async function startOwn(t: TestContext): Promise<{ server: RedisAddress & Control; admin: Redis }> {
  const server = await ownRedisServer(t)
  return { server, admin: openAdmin(server, t) }
}

suite('redis fails and comes back, and nobody has to wait or to help', { concurrency: true }, () => {
  test('killed', async (t) => {
    const { server } = await startOwn(t)
    await outlive(t, server, { fail: () => server.kill(), heal: () => server.restart(), error: 'connection' })
  })

  test('frozen', async (t) => {
    const { server } = await startOwn(t)
    await outlive(t, server, { fail: () => server.freeze(), heal: () => server.thaw(), error: 'timeout' })
  })

  test('two seconds slow', async (t) => {
    const { server } = await startOwn(t)
    const proxy = await faultProxy(t, server)
    const address = { ...server, host: proxy.host, port: proxy.port }
    await outlive(t, address, { fail: () => proxy.latency(2_000), heal: () => proxy.heal(), error: 'timeout' })
  })

  test('cut off without a word, and its old connections never heard of again', async (t) => {
    const { server } = await startOwn(t)
    const network = await startLossyNetwork(server, t)
    const setLossy = (isLossy: boolean) => () => {
      network.isLossy = isLossy
    }
    await outlive(t, network.address, { fail: setLossy(true), heal: setLossy(false), error: 'timeout' })
  })

  test('resetting every connection', async (t) => {
    const { server } = await startOwn(t)
    const proxy = await faultProxy(t, server)
    const address = { ...server, host: proxy.host, port: proxy.port }
    await outlive(t, address, { fail: () => proxy.reset(), heal: () => proxy.heal(), error: 'connection' })
  })

  test('read-only, while reads still work', async (t) => {
    const { server, admin } = await startOwn(t)
    const fail = () => admin.replicaof('127.0.0.1', 9)
    await outlive(t, server, { fail, heal: () => admin.replicaof('NO', 'ONE'), error: 'readonly' })
  })

  test('made a replica, while its name leads to the new primary', async (t) => {
    const [old, next] = await Promise.all([startOwn(t), startOwn(t)])
    const proxy = await faultProxy(t, old.server)
    const address = { ...next.server, host: proxy.host, port: proxy.port }
    await old.admin.call('ACL', 'SETUSER', address.username, 'on', `>${address.password}`)
    const [here, there] = [await openPair(t, address), await openPair(t, address)]
    const heard: string[] = []
    await here.kv.subscribe('news', (message) => heard.push(message))
    await old.admin.replicaof('127.0.0.1', 9)
    proxy.leadTo(next.server)
    await until(async () => {
      await here.kv.set('after', 'shared', { ttlMs })
      return (await next.admin.get('after')) === 'shared'
    }, visibleWithinMs)
    await until(async () => {
      await there.kv.publish('news', 'by the new primary')
      return heard.length > 0
    }, visibleWithinMs)
  })

  test('out of memory, while reads still work', async (t) => {
    const { server, admin } = await startOwn(t)
    await admin.set('ballast', 'x'.repeat(1_000_000))
    const limitMemory = (limit: string) => () => admin.config('SET', 'maxmemory', limit)
    await outlive(t, server, { fail: limitMemory('1mb'), heal: limitMemory('0'), error: 'oom' })
  })

  test('refusing our password', async (t) => {
    const { server, admin } = await startOwn(t)
    const user = server.username
    await admin.call('ACL', 'SETUSER', 'admin', 'on', '>admin-of-this-test', '~*', '&*', '+@all')
    await admin.call('AUTH', 'admin', 'admin-of-this-test')
    const fail = async () => {
      await admin.call('ACL', 'SETUSER', user, 'resetpass', '>another')
      await admin.call('CLIENT', 'KILL', 'USER', user, 'SKIPME', 'yes')
    }
    const heal = () => admin.call('ACL', 'SETUSER', user, 'resetpass', `>${server.password}`)
    await outlive(t, server, { fail, heal, error: 'noauth' })
  })

  test('forgetting everything costs the data and nothing else', async (t) => {
    const { server, admin } = await startOwn(t)
    const { kv, limiter, listErrors } = await openPair(t, server)
    const traffic = startTraffic(t, { kv, limiter })
    await kv.set('before', 'lost', { ttlMs })
    await admin.flushall()
    await admin.script('FLUSH')
    assert.equal(await kv.get('before'), undefined)
    assert.equal(await kv.increment('anew', { ttlMs }), 1)
    const { remaining } = await limiter.take({ key: 'x', rate: { perMinute: 60, burst: 5 }, endpoint: '/' })
    assert.equal(remaining, 4)
    const { requests, slackMs } = await traffic.end()
    assert.ok(longestMs(requests) < boundMs.once + slackMs)
    assert.deepEqual(await listErrors(), [])
    assert.equal(kv.isDegraded, false)
  })

  test('not there at start: a process begins without it and finds it', async (t) => {
    const { server } = await startOwn(t)
    await server.kill()
    const startedAt = performance.now()
    const { kv, readMode } = await openPair(t, server)
    await kv.set('early', 'here', { ttlMs })
    assert.equal(await kv.get('early'), 'here')
    assert.ok(performance.now() - startedAt < 1_000)
    await until(async () => (await readMode()) === 1, visibleWithinMs)
    await server.restart()
    await until(async () => (await readMode()) === 0, visibleWithinMs)
  })
})

suite('subscriptions outlive the connection', { concurrency: true }, () => {
  test('away: own messages arrive; back: those of others too, after a word about the gap', async (t) => {
    const { server } = await startOwn(t)
    const [here, there] = [await openPair(t, server), await openPair(t, server)]
    const heard: string[] = []
    let gaps = 0
    await here.kv.subscribe('news', (message) => heard.push(message), { onGap: () => gaps++ })
    await there.kv.publish('news', 'from afar')
    await until(() => heard.includes('from afar'), 1_000)
    assert.equal(gaps, 0)
    await server.kill()
    await until(() => here.kv.isDegraded && there.kv.isDegraded, visibleWithinMs)
    await here.kv.publish('news', 'from here')
    await until(() => heard.includes('from here'), 1_000)
    await server.restart()
    await until(() => !here.kv.isDegraded && !there.kv.isDegraded, visibleWithinMs)
    await until(() => gaps > 0, 1_000)
    await there.kv.publish('news', 'from afar again')
    await until(() => heard.includes('from afar again'), 1_000)
    assert.deepEqual(heard, ['from afar', 'from here', 'from afar again'])
  })

  test('a lost connection of the listener alone is renewed at once, with a word about the gap', async (t) => {
    const { server, admin } = await startOwn(t)
    const { kv } = await openPair(t, server)
    const heard: string[] = []
    let gaps = 0
    await kv.subscribe('news', (message) => heard.push(message), { onGap: () => gaps++ })
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until(() => gaps > 0, visibleWithinMs)
    await kv.publish('news', 'still here')
    await until(() => heard.length > 0, 1_000)
    assert.equal(kv.isDegraded, false)
  })

  test('whoever begins to listen while Redis is away hears everything once it is back', async (t) => {
    const { server, admin } = await startOwn(t)
    const { kv } = await openPair(t, server)
    await server.kill()
    await until(() => kv.isDegraded, visibleWithinMs)
    const heard: string[] = []
    let gaps = 0
    const subscription = await kv.subscribe('news', (message) => heard.push(message), { onGap: () => gaps++ })
    await server.restart()
    await until(() => gaps > 0, visibleWithinMs)
    if (admin.status !== 'ready') await once(admin, 'ready')
    await admin.spublish('news', 'hello')
    await until(() => heard.length > 0, 1_000)
    await subscription.close()
    await admin.spublish('news', 'nobody listens')
    await kv.ping()
    assert.deepEqual(heard, ['hello'])
  })
})
