import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createBreaker } from './breaker.ts'

const succeed = async () => 'done'
const fail = async () => {
  throw new Error('no route to host')
}

function startBreaker(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] })
  const lines: string[] = []
  const log = createLogger({
    service: 'auth-service',
    revision: 'test',
    level: 'info',
    stream: { write: (line) => lines.push(line) },
  })
  const metrics = createMetrics({ service: 'auth-service', version: '0', revision: 'test' })
  const breaker = createBreaker({ dependency: 'redis', metrics, log })
  t.after(() => breaker.close())
  const readGauge = async () => (await metrics.circuitBreakerState.get()).values[0]?.value
  const countTransitions = async (to: string) =>
    (await metrics.circuitBreakerTransitions.get()).values.find(({ labels }) => labels.to === to)?.value
  return { breaker, lines, readGauge, countTransitions, tick: (ms: number) => t.mock.timers.tick(ms) }
}

async function callTimes(times: number, call: () => Promise<unknown>): Promise<void> {
  await Promise.allSettled(Array.from({ length: times }, call))
}

test('a breaker opens at half of twenty failed calls, not before', async (t) => {
  const { breaker } = startBreaker(t)
  await callTimes(10, () => breaker.call(succeed))
  await callTimes(9, () => breaker.call(fail))
  assert.equal(breaker.state, 'closed')
  await callTimes(1, () => breaker.call(fail))
  assert.equal(breaker.state, 'open')
})

test('failures older than ten seconds do not count', async (t) => {
  const { breaker, tick } = startBreaker(t)
  await callTimes(19, () => breaker.call(fail))
  tick(11_000)
  await callTimes(19, () => breaker.call(fail))
  assert.equal(breaker.state, 'closed')
})

test('an open breaker refuses at once, says when to come back and does not run the work', async (t) => {
  const { breaker } = startBreaker(t)
  await callTimes(20, () => breaker.call(fail))
  let hasRun = false
  const call = breaker.call(async () => {
    hasRun = true
  })
  await assert.rejects(call, (error: AppError) => {
    assert.equal(error.code, 'SERVICE_UNAVAILABLE')
    assert.ok(error.retryAfterMs !== undefined && error.retryAfterMs >= 1_000 && error.retryAfterMs <= 5_000)
    return true
  })
  assert.equal(hasRun, false)
})

test('after its rest one call tries the dependency, and its outcome closes or opens the breaker', async (t) => {
  const { breaker, tick } = startBreaker(t)
  await callTimes(20, () => breaker.call(fail))
  tick(3_999)
  assert.equal(breaker.state, 'open')
  tick(2_001)
  assert.equal(breaker.state, 'half-open')
  const trial = breaker.call(fail)
  await assert.rejects(breaker.call(succeed), { code: 'SERVICE_UNAVAILABLE' })
  await assert.rejects(trial, /no route/)
  assert.equal(breaker.state, 'open')
  tick(6_000)
  assert.equal(await breaker.call(succeed), 'done')
  assert.equal(breaker.state, 'closed')
})

test('a closed breaker has forgotten the failures that opened it', async (t) => {
  const { breaker, tick } = startBreaker(t)
  await callTimes(20, () => breaker.call(fail))
  tick(6_000)
  await breaker.call(succeed)
  await callTimes(15, () => breaker.call(fail))
  assert.equal(breaker.state, 'closed')
})

test('two failed probes in a row open the breaker without a call', (t) => {
  const { breaker } = startBreaker(t)
  for (const isUp of [false, true, false]) breaker.report(isUp)
  assert.equal(breaker.state, 'closed')
  breaker.report(false)
  assert.equal(breaker.state, 'open')
})

test('a probed dependency is tried by its probe alone: no call goes out before a good one', async (t) => {
  const { breaker, tick, readGauge, countTransitions } = startBreaker(t)
  breaker.report(true)
  await callTimes(20, () => breaker.call(fail))
  breaker.report(true)
  assert.equal(breaker.state, 'open', 'calls failed that the probe knew nothing of: it rests first')
  tick(6_000)
  assert.equal(breaker.state, 'open')
  await assert.rejects(breaker.call(succeed), { code: 'SERVICE_UNAVAILABLE' })
  breaker.report(false)
  assert.equal(await readGauge(), 2)
  breaker.report(true)
  assert.equal(breaker.state, 'closed')
  assert.equal(await breaker.call(succeed), 'done')
  assert.deepEqual(await Promise.all(['open', 'half-open', 'closed'].map(countTransitions)), [1, 1, 1])
})

test('a dependency that the probe saw go is there again as soon as it sees it come back', async (t) => {
  const { breaker } = startBreaker(t)
  for (const isUp of [false, false, true]) breaker.report(isUp)
  assert.equal(breaker.state, 'closed')
  assert.equal(await breaker.call(succeed), 'done')
})

test('refusals of bad requests and clients that left never count', async (t) => {
  const { breaker } = startBreaker(t)
  for (const code of ['NOT_FOUND', 'VALIDATION_ERROR', 'REQUEST_TIMEOUT'] as const) {
    await callTimes(30, () => breaker.call(() => Promise.reject(new AppError(code, 'No.'))))
  }
  assert.equal(breaker.state, 'closed')
})

test('going and coming back are told once each, however often calls are refused and trials fail', async (t) => {
  const { breaker, lines, tick, readGauge } = startBreaker(t)
  await callTimes(50, () => breaker.call(fail))
  for (let trial = 0; trial < 3; trial++) {
    tick(6_000)
    await callTimes(10, () => breaker.call(fail))
  }
  assert.equal(await readGauge(), 2)
  tick(6_000)
  assert.equal(await readGauge(), 1)
  await breaker.call(succeed)
  assert.equal(await readGauge(), 0)
  const told = lines.map((line): { level: string; dependency: string } => JSON.parse(line))
  assert.deepEqual(
    told.map(({ level, dependency }) => [level, dependency]),
    [
      ['warn', 'redis'],
      ['info', 'redis'],
    ],
  )
})
