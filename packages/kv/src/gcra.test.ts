import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from '@secureconnect/metrics'
import { scale } from '@secureconnect/test/helpers'
import fc from 'fast-check'
import { judge, toIntervalUs } from './gcra.ts'
import { createLocalKv } from './local-kv.ts'
import { createRateLimiter, type Rate } from './rate-limiter.ts'

const rates = fc.record({ perMinute: fc.integer({ min: 1, max: 6_000 }), burst: fc.integer({ min: 1, max: 100 }) })
/** Bursts mostly, with pauses between them. */
const waits = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 60_000 })), {
  minLength: 1,
  maxLength: 200,
})
const metrics = createMetrics({ service: 'api-gateway', version: '0', revision: 'test' })

function createLimiter(replicas = 1) {
  const clock = { nowMs: 0 }
  const kv = createLocalKv({ now: () => clock.nowMs })
  const limiter = createRateLimiter({ kv, metrics, replicas })
  const take = (rate: Rate) => limiter.take({ key: 'key', rate, endpoint: '/' })
  return { clock, take }
}

test('no window ever holds more than burst + rate x time', async () => {
  const property = fc.asyncProperty(rates, waits, async (rate, pauses) => {
    const { clock, take } = createLimiter()
    const admitted: number[] = []
    for (const pauseMs of pauses) {
      clock.nowMs += pauseMs
      if ((await take(rate)).isAllowed) admitted.push(clock.nowMs)
    }
    for (const [first, from] of admitted.entries()) {
      for (const [further, to] of admitted.slice(first).entries()) {
        const allowed = rate.burst + (to - from) * (rate.perMinute / 60_000) + 1e-9
        assert.ok(further + 1 <= allowed, `${further + 1} in ${to - from} ms`)
      }
    }
  })
  await fc.assert(property, { numRuns: scale(2_000) })
})

test('what the answer says is what then happens', async () => {
  const property = fc.asyncProperty(rates, waits, async (rate, pauses) => {
    const { clock, take } = createLimiter()
    let promised: number | undefined
    for (const pauseMs of pauses) {
      clock.nowMs += pauseMs
      const { isAllowed, remaining, limit, retryAfterMs } = await take(rate)
      if (promised !== undefined && pauseMs === 0) assert.equal(isAllowed, promised > 0)
      assert.equal(limit, rate.burst)
      assert.ok(remaining >= 0 && remaining < limit)
      assert.equal(retryAfterMs > 0, !isAllowed)
      promised = isAllowed ? remaining : 0
      if (isAllowed) continue
      clock.nowMs += retryAfterMs
      assert.equal((await take(rate)).isAllowed, true, 'whoever waits as long as told is let through')
      promised = undefined
    }
  })
  await fc.assert(property, { numRuns: scale(2_000) })
})

test('a key that has rested has its whole burst again', async () => {
  const { clock, take } = createLimiter()
  const rate = { perMinute: 60, burst: 3 }
  const takeFour = async () => [await take(rate), await take(rate), await take(rate), await take(rate)]
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(
      (await takeFour()).map(({ isAllowed, remaining }) => [isAllowed, remaining]),
      [
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ],
    )
    clock.nowMs += 3_000
  }
})

test('a process alone grants its share of the limit, and at least one', async () => {
  const { take } = createLimiter(4)
  const takeMany = async (rate: Rate) => {
    const decisions = await Promise.all(Array.from({ length: 50 }, () => take(rate)))
    return decisions.filter(({ isAllowed }) => isAllowed).length
  }
  assert.equal(await takeMany({ perMinute: 120, burst: 60 }), 15)
  assert.equal(await takeMany({ perMinute: 3, burst: 3 }), 0, 'the share of a lower rate is used up already')
  const { take: takeFresh } = createLimiter(4)
  assert.deepEqual((await takeFresh({ perMinute: 3, burst: 3 })).isAllowed, true)
  assert.deepEqual((await takeFresh({ perMinute: 3, burst: 3 })).isAllowed, false)
})

test('a clock that was set back locks nobody out for longer than an empty bucket would', () => {
  const intervalUs = toIntervalUs(60)
  const { waitUs } = judge({ nowUs: 0, fullAtUs: 3_600_000_000, intervalUs, burst: 5 })
  assert.equal(waitUs, intervalUs)
})
