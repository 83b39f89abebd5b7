import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { type ProbeOptions, startProbe } from './probe.ts'

function start(t: TestContext, options: Partial<ProbeOptions>) {
  const probe = startProbe({ name: 'sql', timeoutMs: 50, check: async () => {}, ...options })
  t.after(() => probe.close())
  return probe
}

test('a probe knows nothing until its first look, then how long it took', async (t) => {
  const probe = start(t, {})
  assert.deepEqual(probe.state, { status: 'unknown' })
  const state = await probe.checkNow()
  assert.equal(state.status, 'up')
  assert.ok(state.latencyMs !== undefined && state.latencyMs >= 0)
  assert.equal(probe.state, state)
})

test('a check that fails, throws or hangs makes the state down and never an exception', async (t) => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 192.0.2.7:6379'), { code: 'ECONNREFUSED' })
  const checks: [ProbeOptions['check'], string][] = [
    [() => Promise.reject(refused), 'ECONNREFUSED'],
    [() => Promise.reject(new AppError('SERVICE_UNAVAILABLE', 'Away.', { cause: refused })), 'ECONNREFUSED'],
    [() => Promise.reject('text'), 'failed'],
    [
      () => {
        throw new Error('broken')
      },
      'broken',
    ],
    [() => new Promise(() => {}), 'sql did not answer within 50 ms'],
  ]
  for (const [check, error] of checks) {
    const probe = start(t, { check })
    assert.deepEqual(await probe.checkNow(), { status: 'down', error })
  }
})

test('a probe looks again and again, one look at a time, and tells the breaker each result', async (t) => {
  const reports: boolean[] = []
  const enough = Promise.withResolvers<void>()
  const breaker = {
    state: 'closed' as const,
    call: <T>(work: () => Promise<T>) => work(),
    report: (isUp: boolean) => {
      if (reports.push(isUp) === 3) enough.resolve()
    },
    close: () => {},
  }
  let looks = 0
  let atOnce = 0
  const check = async () => {
    assert.equal(++atOnce, 1)
    await new Promise(setImmediate)
    atOnce -= 1
    if (++looks === 2) throw new Error('down for a moment')
  }
  const probe = start(t, { check, everyMs: 5, breaker })
  await Promise.all([probe.checkNow(), probe.checkNow(), enough.promise])
  assert.deepEqual(reports.slice(0, 3), [true, false, true])
})
