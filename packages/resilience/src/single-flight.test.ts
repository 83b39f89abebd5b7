import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentRequest, withRequest } from '@secureconnect/logging'
import { createSingleFlight } from './single-flight.ts'

test('those who ask for the same at the same time share one run, and the next one runs anew', async () => {
  const share = createSingleFlight<number>()
  let runs = 0
  const work = async () => ++runs
  assert.deepEqual(await Promise.all([share('a', work), share('a', work), share('b', work)]), [1, 1, 2])
  assert.equal(await share('a', work), 3)
})

test('a failure reaches everyone who shared it and nobody after', async () => {
  const share = createSingleFlight<string>()
  const fail = () => share('a', () => Promise.reject(new Error('broken')))
  const results = await Promise.allSettled([fail(), fail()])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(await share('a', async () => 'fine'), 'fine')
})

test('shared work does not belong to the request that happened to come first', async () => {
  const share = createSingleFlight<unknown>()
  const request = { requestId: 'request-1', traceId: '', spanId: '', isSampled: false, clientIp: '192.0.2.1' }
  assert.equal(await withRequest(request, () => share('a', async () => currentRequest())), undefined)
})
