import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connectKv } from '@secureconnect/kv'
import { type Control, ownRedisServer, type RedisAddress } from '@secureconnect/test/stack'
import type { GatewayPlatform } from '../src/index.ts'
import { type Gateway, startGateway, startUpstream } from './test-gateway.ts'

const perSecond = 10
const burst = 20
const env = { RATELIMIT_DEFAULT: `${perSecond * 60}/${burst}` }
/** What a request may take when Redis has just gone, and once that is known; with slack for what else it does. */
const boundMs = { once: 200, away: 50, slack: 100 }
const visibleWithinMs = 10_000

type Asked = { status: number; startedAt: number; tookMs: number }

async function startOnRedis(t: TestContext, { host, port, username, password }: RedisAddress, more = {}) {
  const redis = { redisHost: host, redisPort: port, redisUsername: username, redisPassword: password }
  const platform: GatewayPlatform = {
    openKv: (observers) => connectKv({ ...redis, redisTlsCa: undefined, ...observers }),
  }
  const upstream = await startUpstream(t)
  const gateway = await startGateway(t, { upstream, env: { ...env, ...more }, platform })
  return { upstream, gateway }
}

/** Asks far more often than the limit allows, without an end. */
function startLoad(t: TestContext, { address }: Gateway) {
  const asked: Asked[] = []
  const stop = new AbortController()
  async function ask(): Promise<void> {
    while (!stop.signal.aborted) {
      const startedAt = performance.now()
      const response = await fetch(`${address}/v1/users/me`)
      await response.arrayBuffer()
      asked.push({ status: response.status, startedAt, tookMs: performance.now() - startedAt })
      await delay(10)
    }
  }
  const running = Promise.all([ask(), ask(), ask(), ask()])
  const end = async () => {
    stop.abort()
    await running
    return asked
  }
  t.after(end)
  return { end }
}

async function untilDegraded({ context }: Gateway, isDegraded: boolean): Promise<void> {
  const startedAt = performance.now()
  while (context.kv.isDegraded !== isDegraded) {
    assert.ok(performance.now() - startedAt < visibleWithinMs, `not ${isDegraded} within ${visibleWithinMs} ms`)
    await delay(10)
  }
}

/** How long this process itself was held up at most, which is not Redis' doing. */
function startLoopWatch(t: TestContext) {
  const held = monitorEventLoopDelay({ resolution: 5 })
  held.enable()
  t.after(() => held.disable())
  return held
}

type Fault = { fail: () => unknown; heal: () => unknown }

/** Breaks Redis under load and mends it again, and checks all that is promised for the time between. */
async function outlive(t: TestContext, server: RedisAddress & Control, { fail, heal }: Fault): Promise<void> {
  const { upstream, gateway } = await startOnRedis(t, server)
  const held = startLoopWatch(t)
  const startedAt = performance.now()
  const load = startLoad(t, gateway)
  await delay(500)
  await fail()
  await untilDegraded(gateway, true)
  const awaySince = performance.now()
  const health = await (await fetch(`${gateway.address}/health`)).text()
  assert.match(health, /"redis":\{"status":"down"/)
  assert.equal((await fetch(`${gateway.address}/ready`)).status, 200)
  await delay(1_500)
  const awayUntil = performance.now()
  await heal()
  await untilDegraded(gateway, false)
  await delay(500)
  const asked = await load.end()
  const seconds = (performance.now() - startedAt) / 1_000

  const statuses = new Set(asked.map(({ status }) => status))
  assert.deepEqual([...statuses].sort(), [200, 429], 'never an error, never without a limit')
  const admitted = asked.filter(({ status }) => status === 200).length
  assert.equal(upstream.received.length, admitted)
  // Each of the two moves, to memory and back, may find a bucket that is full.
  const atMost = 3 * burst + perSecond * seconds + 1
  assert.ok(admitted <= atMost, `${admitted} admitted in ${seconds} s, at most ${atMost}`)
  const longestMs = (some: Asked[]) => Math.max(0, ...some.map(({ tookMs }) => tookMs))
  const whileAway = asked.filter((one) => one.startedAt > awaySince && one.startedAt + one.tookMs < awayUntil)
  const heldMs = held.max / 1e6
  t.diagnostic(
    `${admitted} of ${asked.length} admitted in ${seconds.toFixed(1)} s; longest ${longestMs(asked).toFixed(0)} ms, ` +
      `while away ${longestMs(whileAway).toFixed(0)} ms; this process was held up for ${heldMs.toFixed(0)} ms at most`,
  )
  assert.ok(whileAway.length > 10)
  assert.ok(longestMs(asked) < boundMs.once + boundMs.slack + heldMs, `a request took ${longestMs(asked)} ms`)
  assert.ok(longestMs(whileAway) < boundMs.away + 2 * heldMs, `a request took ${longestMs(whileAway)} ms while away`)
}

suite('Redis fails under the limits and comes back', { concurrency: true }, () => {
  test('killed', async (t) => {
    const server = await ownRedisServer(t)
    await outlive(t, server, { fail: () => server.kill(), heal: () => server.restart() })
  })

  test('frozen', async (t) => {
    const server = await ownRedisServer(t)
    await outlive(t, server, { fail: () => server.freeze(), heal: () => server.thaw() })
  })

  test('gateways share one limit on Redis, and each grants its part without it', async (t) => {
    const server = await ownRedisServer(t)
    const more = { RATELIMIT_DEFAULT: '1/30', GATEWAY_REPLICAS: '3' }
    const { gateway: one } = await startOnRedis(t, server, more)
    const { gateway: other } = await startOnRedis(t, server, more)
    const countAdmitted = async (gateways: Gateway[]) => {
      const asked = Array.from({ length: 60 }, (_, index) => gateways[index % gateways.length]?.address)
      const answers = await Promise.all(asked.map((address) => fetch(`${address}/v1/users/me`)))
      return answers.filter(({ status }) => status === 200).length
    }
    assert.equal(await countAdmitted([one, other]), 30)
    await server.kill()
    assert.equal(await countAdmitted([one]), 10)
    assert.equal(await countAdmitted([other]), 10)
  })

  test('a gateway starts without Redis, limits from the first request, and finds it later', async (t) => {
    const server = await ownRedisServer(t)
    await server.kill()
    const { gateway } = await startOnRedis(t, server, { RATELIMIT_DEFAULT: '1/5' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`${gateway.address}/v1/users/me`)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 5)
    await untilDegraded(gateway, true)
    await server.restart()
    await untilDegraded(gateway, false)
    assert.equal((await fetch(`${gateway.address}/v1/users/me`)).status, 200)
  })
})
