import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withRequest } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createRetryBudget, type RetryOptions, retry } from './retry.ts'

const metrics = createMetrics({ service: 'auth-service', version: '0', revision: 'test' })

function describeRetry(options: Partial<RetryOptions> = {}): RetryOptions {
  const budget = createRetryBudget({ ratio: 0.1 })
  return { dependency: 'sql', attempts: 3, budget, shouldRetry: () => true, metrics, ...options }
}

/** Work that fails the first `failures` times. */
function createWork(failures: number) {
  const work = async () => {
    work.runs += 1
    if (work.runs <= failures) throw new Error(`failure ${work.runs}`)
    return 'done'
  }
  work.runs = 0
  return work
}

test('an error that passes costs attempts, not the call', async () => {
  const before = (await metrics.retries.get()).values[0]?.value ?? 0
  const work = createWork(2)
  assert.equal(await retry(work, describeRetry()), 'done')
  assert.equal(work.runs, 3)
  assert.equal((await metrics.retries.get()).values[0]?.value, before + 2)
})

test('the last error is told when the attempts are used up', async () => {
  await assert.rejects(retry(createWork(9), describeRetry()), /failure 3/)
})

test('an error that will not pass is not tried again', async () => {
  const work = createWork(9)
  await assert.rejects(retry(work, describeRetry({ shouldRetry: () => false })), /failure 1/)
  assert.equal(work.runs, 1)
})

test('retries stay within a tenth of the calls once the reserve is used up', async () => {
  const budget = createRetryBudget({ ratio: 0.1 })
  const works = Array.from({ length: 200 }, () => createWork(9))
  for (let wave = 0; wave < 20; wave++) {
    const together = works.slice(wave * 10, wave * 10 + 10)
    await Promise.allSettled(together.map((work) => retry(work, describeRetry({ attempts: 2, budget }))))
  }
  const retries = works.reduce((sum, work) => sum + work.runs - 1, 0)
  assert.ok(retries >= 20 && retries <= 30, `${retries} retries for 200 calls`)
})

test('no retry begins that the deadline would cut off', async () => {
  const work = createWork(9)
  const request = {
    requestId: 'request-1',
    traceId: '',
    spanId: '',
    isSampled: false,
    clientIp: '192.0.2.1',
    deadlineAt: Date.now() - 1,
  }
  await assert.rejects(
    withRequest(request, () => retry(work, describeRetry())),
    /failure 1/,
  )
  assert.equal(work.runs, 1)
})
