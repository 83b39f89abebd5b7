import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connectKv } from '@secureconnect/kv'
import { type Control, ownRedisServer, type RedisAddress } from '@secureconnect/test/stack'
import type { GatewayPlatform } from '../src/index.ts'
import { type Gateway, startGateway, startUpstream } from './test-gateway.ts'

const perSecond = 10
const burst = 20
const env = { RATELIMIT_DEFAULT: `${perSecond * 60}/${burst}` }
/** How much longer a request may take than one that is not limited, when Redis has just gone and once that is known. */
const boundMs = { once: 200, away: 50, awayAsARule: 20, slack: 100 }
const visibleWithinMs = 10_000
/** This path is limited, and that one is the same in all but this. */
const paths = { limited: '/v1/users/me', free: '/v1/auth/jwks.json' }

type Asked = { status: number; startedAt: number; endedAt: number }

async function startOnRedis(t: TestContext, { host, port, username, password }: RedisAddress, more = {}) {
  const redis = { redisHost: host, redisPort: port, redisUsername: username, redisPassword: password }
  const platform: GatewayPlatform = {
    openKv: (observers) => connectKv({ ...redis, redisCluster: false, redisTlsCa: undefined, ...observers }),
  }
  const upstream = await startUpstream(t)
  const gateway = await startGateway(t, { upstream, env: { ...env, ...more }, platform })
  return { upstream, gateway }
}

/** Asks far more often than the limit allows, without an end, and beside it without any limit. */
function startLoad(t: TestContext, { address }: Gateway) {
  const asked = { limited: [] as Asked[], free: [] as Asked[] }
  const stop = new AbortController()
  async function ask(kind: keyof typeof paths): Promise<void> {
    while (!stop.signal.aborted) {
      const startedAt = performance.now()
      const response = await fetch(address + paths[kind])
      await response.arrayBuffer()
      asked[kind].push({ status: response.status, startedAt, endedAt: performance.now() })
      await delay(10)
    }
  }
  const running = Promise.all([ask('limited'), ask('limited'), ask('limited'), ask('free'), ask('free'), ask('free')])
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

const timesMs = (asked: Asked[]) => asked.map(({ startedAt, endedAt }) => endedAt - startedAt).sort((a, b) => a - b)
const longestMs = (asked: Asked[]) => timesMs(asked).at(-1) ?? 0
const medianMs = (asked: Asked[]) => timesMs(asked)[Math.floor(asked.length / 2)] ?? 0

type Fault = { fail: () => unknown; heal: () => unknown }

/** Breaks Redis under load and mends it again, and checks all that is promised for the time between. */
async function outlive(t: TestContext, server: RedisAddress & Control, { fail, heal }: Fault): Promise<void> {
  const { upstream, gateway } = await startOnRedis(t, server)
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
  const { limited, free } = await load.end()
  const seconds = (performance.now() - startedAt) / 1_000

  assert.deepEqual([...new Set(limited.map(({ status }) => status))].sort(), [200, 429], 'never an error')
  const admitted = limited.filter(({ status }) => status === 200).length
  assert.equal(upstream.received.filter(({ url }) => url === paths.limited).length, admitted)
  // What Redis counts and what this process counts are two buckets, and Redis may come back with a full one.
  const atMost = 3 * burst + 2 * perSecond * seconds
  assert.ok(admitted <= atMost, `${admitted} admitted in ${seconds} s, at most ${atMost}`)

  const whileAway = (asked: Asked[]) => asked.filter((one) => one.startedAt > awaySince && one.endedAt < awayUntil)
  const [limitedAway, freeAway] = [whileAway(limited), whileAway(free)]
  const [once, onceFree] = [longestMs(limited), longestMs(free)]
  const [away, awayFree] = [longestMs(limitedAway), longestMs(freeAway)]
  const [usual, usualFree] = [medianMs(limitedAway), medianMs(freeAway)]
  const inMs = (ms: number) => `${ms.toFixed(0)} ms`
  t.diagnostic(
    `${admitted} of ${limited.length} admitted in ${seconds.toFixed(1)} s; longest ${inMs(once)} (without limits ` +
      `${inMs(onceFree)}), while away ${inMs(away)} (${inMs(awayFree)}), then usually ${inMs(usual)} (${inMs(usualFree)})`,
  )
  assert.ok(limitedAway.length > 10)
  assert.ok(once < onceFree + boundMs.once + boundMs.slack, `a request took ${inMs(once)}`)
  assert.ok(usual < usualFree + boundMs.awayAsARule, `half of all took ${inMs(usual)} while Redis was away`)
  assert.ok(away < 2 * awayFree + boundMs.away, `a request took ${inMs(away)} while Redis was away`)
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

  test('a gateway starts without Redis, limits from the first request, and finds it later', async (t) => {
    const server = await ownRedisServer(t)
    await server.kill()
    const { gateway } = await startOnRedis(t, server, { RATELIMIT_DEFAULT: '1/5' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`${gateway.address}/v1/users/me`)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 5)
    await untilDegraded(gateway, true)
    await server.restart()
    await untilDegraded(gateway, false)
    // Only Redis can grant it: what was granted without it comes back at one a minute. Redis may be slow at first.
    while ((await fetch(`${gateway.address}/v1/users/me`)).status !== 200) await delay(50)
  })
})

test('answers tell that they were made without Redis, beside what their service misses, while that is so', async (t) => {
  const server = await ownRedisServer(t)
  const { upstream, gateway } = await startOnRedis(t, server)
  const ask = async (told?: string) => {
    upstream.answer = (_request, response) =>
      response.writeHead(200, told === undefined ? {} : { degraded: told }).end()
    return (await fetch(gateway.address + paths.free)).headers.get('degraded')
  }
  const told = async () => [await ask(), await ask('archive'), await ask('redis'), await ask('redis, archive')]
  assert.deepEqual(await told(), [null, 'archive', 'redis', 'redis, archive'])
  await server.kill()
  await untilDegraded(gateway, true)
  assert.deepEqual(await told(), ['redis', 'archive, redis', 'redis', 'redis, archive'])
  assert.equal((await fetch(`${gateway.address}/v1/nothing`)).headers.get('degraded'), 'redis')
  await server.restart()
  await untilDegraded(gateway, false)
  assert.equal(await ask(), null)
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
