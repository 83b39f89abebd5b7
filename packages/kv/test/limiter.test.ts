import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { scale } from '@secureconnect/test/helpers'
import { ownRedisServer, redisServer } from '@secureconnect/test/stack'
import fc from 'fast-check'
import { Type } from 'typebox'
import { gcraScript } from '../src/gcra.ts'
import { connectKv, createRateLimiter, defineScript, RedisKv } from '../src/index.ts'
import { createLocalData } from '../src/local-data.ts'
import { adapters, createTestMetrics, openKv, silentLog, toKvOptions, until } from './testing.ts'

const endpoint = '/v1/messages'

for (const adapter of adapters) {
  test(`${adapter}: a burst is granted, what goes beyond is refused, and both are counted`, async (t) => {
    const { kv, metrics } = await openKv[adapter](t)
    const limiter = createRateLimiter({ kv, metrics, replicas: 1 })
    const request = { key: randomUUID(), rate: { perMinute: 6, burst: 5 }, endpoint }
    const decisions = await Promise.all(Array.from({ length: 20 }, () => limiter.take(request)))
    const [allowed, refused] = [true, false].map((is) => decisions.filter(({ isAllowed }) => isAllowed === is))
    assert.deepEqual(
      allowed?.map(({ remaining }) => remaining),
      [4, 3, 2, 1, 0],
    )
    for (const { limit, retryAfterMs, resetAt } of refused ?? []) {
      assert.equal(limit, 5)
      assert.ok(retryAfterMs > 5_000 && retryAfterMs <= 10_000, `${retryAfterMs}`)
      const resetInMs = resetAt.getTime() - Date.now()
      assert.ok(resetInMs > 45_000 && resetInMs <= 50_000, `${resetInMs}`)
    }
    assert.equal((await metrics.rateLimitHits.get()).values[0]?.value, 20)
    assert.equal((await metrics.rateLimitBlocked.get()).values[0]?.value, 15)
  })
}

test('processes share one limit on the clock of Redis: no window holds more than burst + rate x time', async (t) => {
  const metrics = createTestMetrics()
  const kvs = await Promise.all([openKv.redis(t), openKv.redis(t), openKv.redis(t)])
  const limiters = kvs.map(({ kv }) => createRateLimiter({ kv, metrics, replicas: 3 }))
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (burst) => {
    const request = { key: randomUUID(), rate: { perMinute: 30_000, burst }, endpoint }
    const admitted: { from: number; to: number }[] = []
    const hammer = async (limiter: ReturnType<typeof createRateLimiter>) => {
      for (let count = 0; count < 60; count++) {
        const from = performance.now()
        const { isAllowed } = await limiter.take(request)
        if (isAllowed) admitted.push({ from, to: performance.now() })
      }
    }
    await Promise.all(limiters.map(hammer))
    assert.ok(admitted.length >= burst)
    for (const { from } of admitted) {
      for (const { to } of admitted) {
        const within = admitted.filter((one) => one.from >= from && one.to <= to).length
        assert.ok(within <= burst + Math.max(0, to - from) / 2, `${within} in ${to - from} ms`)
      }
    }
  })
  await fc.assert(property, { numRuns: scale(100) })
})

test('Lua and the local twin decide the same on the same clock', async (t) => {
  const kv = await RedisKv.create({ server: await redisServer(), metrics: createTestMetrics(), log: silentLog })
  t.after(() => kv.close())
  const lua = gcraScript.lua.replace("redis.call('TIME')", '{ARGV[4], ARGV[5]}')
  const reply = Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer(), Type.Integer()])
  const onGivenClock = defineScript({ name: 'rate_limit', lua, reply, runLocally: gcraScript.runLocally })
  const steps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })), { maxLength: 40 })
  // Slow enough that no key ends in real time while the given clock stands still.
  const rates = fc.record({ perMinute: fc.integer({ min: 1, max: 30 }), burst: fc.integer({ min: 1, max: 10 }) })
  const property = fc.asyncProperty(rates, steps, async ({ perMinute, burst }, pauses) => {
    const clock = { nowMs: Date.now() }
    const data = createLocalData({ now: () => clock.nowMs, maxEntries: 10 })
    const key = randomUUID()
    for (const pauseMs of pauses) {
      clock.nowMs += pauseMs
      const time = [Math.floor(clock.nowMs / 1_000), (clock.nowMs % 1_000) * 1_000]
      const input = { keys: [key], args: [perMinute, burst, 1, ...time] }
      assert.deepEqual(await kv.run(onGivenClock, input), gcraScript.runLocally(data, input))
    }
  })
  await fc.assert(property, { numRuns: scale(500) })
})

test('with Redis gone limits still hold, each process granting its share', async (t) => {
  const server = await ownRedisServer(t)
  const metrics = createTestMetrics()
  const kv = await connectKv(toKvOptions(server, metrics))
  t.after(() => kv.close())
  const limiter = createRateLimiter({ kv, metrics, replicas: 3 })
  const request = { key: 'user', rate: { perMinute: 30, burst: 30 }, endpoint }
  const takeMany = async () => {
    const decisions = await Promise.all(Array.from({ length: 100 }, () => limiter.take(request)))
    return decisions.filter(({ isAllowed }) => isAllowed).length
  }
  assert.equal(await takeMany(), 30)
  await server.kill()
  assert.equal(await takeMany(), 10)
  await until(() => kv.isDegraded, 10_000)
  assert.ok((await takeMany()) <= 1, 'a switch to memory that is known already grants nothing anew')
})
