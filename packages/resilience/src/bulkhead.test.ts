import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { withRequest } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createBulkhead } from './bulkhead.ts'

function startBulkhead(t: TestContext, options = { limit: 2, queue: 1, waitMs: 1_000 }) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const metrics = createMetrics({ service: 'auth-service', version: '0', revision: 'test' })
  const bulkhead = createBulkhead({ dependency: 'hashing', ...options, metrics })
  const started: string[] = []
  const start = (name: string, isCritical = false) => {
    const work = Promise.withResolvers<string>()
    const done = bulkhead.run(
      () => {
        started.push(name)
        return work.promise
      },
      { isCritical },
    )
    return { done, finish: () => work.resolve(name) }
  }
  const readGauge = async () => (await metrics.bulkheadInUse.get()).values[0]?.value
  const countRejected = async () => (await metrics.bulkheadRejected.get()).values[0]?.value
  return { start, started, readGauge, countRejected, tick: (ms: number) => t.mock.timers.tick(ms) }
}

test('calls up to the limit run at once, those after wait in turn, and more are refused', async (t) => {
  const { start, started, readGauge, countRejected } = startBulkhead(t)
  const [first, second, third] = [start('first'), start('second'), start('third')]
  await assert.rejects(start('fourth').done, { code: 'CAPACITY' })
  assert.deepEqual(started, ['first', 'second'])
  assert.equal(await readGauge(), 2)
  first.finish()
  assert.equal(await first.done, 'first')
  second.finish()
  third.finish()
  assert.equal(await third.done, 'third')
  await second.done
  assert.equal(await readGauge(), 0)
  assert.equal(await countRejected(), 1)
})

test('waiting ends after its bound, and the place in the queue is free again', async (t) => {
  const { start, tick } = startBulkhead(t, { limit: 1, queue: 1, waitMs: 1_000 })
  const running = start('running')
  const waiting = start('waiting')
  tick(1_000)
  await assert.rejects(waiting.done, { code: 'CAPACITY' })
  const next = start('next')
  running.finish()
  next.finish()
  assert.equal(await next.done, 'next')
})

test('what is critical finds room to wait where all else is refused, and is let in before it', async (t) => {
  const { start, started } = startBulkhead(t, { limit: 1, queue: 1, waitMs: 1_000 })
  const [running, usual] = [start('running'), start('usual')]
  await assert.rejects(start('too much').done, { code: 'CAPACITY' })
  const critical = start('critical', true)
  running.finish()
  critical.finish()
  await critical.done
  usual.finish()
  await usual.done
  assert.deepEqual(started, ['running', 'critical', 'usual'])
})

test('work that fails gives its place back', async () => {
  const metrics = createMetrics({ service: 'auth-service', version: '0', revision: 'test' })
  const bulkhead = createBulkhead({ dependency: 'hashing', limit: 1, queue: 0, waitMs: 0, metrics })
  await assert.rejects(
    bulkhead.run(async () => {
      throw new Error('broken')
    }),
    /broken/,
  )
  assert.equal(await bulkhead.run(async () => 'fine'), 'fine')
})

test('a request without time left neither waits nor takes a place in the queue', async (t) => {
  const { start } = startBulkhead(t, { limit: 1, queue: 1, waitMs: 1_000 })
  const running = start('running')
  const late = {
    requestId: 'request-1',
    traceId: '',
    spanId: '',
    isSampled: false,
    clientIp: '192.0.2.1',
    deadlineAt: Date.now() - 1,
  }
  await assert.rejects(
    withRequest(late, () => start('late').done),
    { code: 'REQUEST_TIMEOUT' },
  )
  const waiting = start('waiting')
  running.finish()
  waiting.finish()
  assert.equal(await waiting.done, 'waiting')
})
