import assert from 'node:assert/strict'
import { test } from 'node:test'
import { families } from '@secureconnect/metrics'
import type { Probe, ProbeState } from '@secureconnect/resilience'
import { readJson } from '@secureconnect/test/helpers'
import { startTestService } from './test-service.ts'

function createProbe(state: ProbeState): Probe & { state: ProbeState } {
  return { state, checkNow: async () => state, close: () => undefined }
}

async function getJson(url: string) {
  const response = await fetch(url)
  return { status: response.status, body: await readJson(response), headers: response.headers }
}

test('health is 200 while the process can answer, ready only with what the service needs', async (t) => {
  const sql = createProbe({ status: 'down', error: 'ECONNREFUSED' })
  const redis = createProbe({ status: 'up', latencyMs: 0.42 })
  const dependencies = new Map([
    ['sql', { probe: sql, required: true }],
    ['redis', { probe: redis, required: false }],
  ])
  const { address } = await startTestService(t, { dependencies })

  const broken = await getJson(`${address}/health`)
  assert.equal(broken.status, 200)
  assert.equal(broken.body.status, 'degraded')
  assert.deepEqual(broken.body.checks.sql, { status: 'down', required: true, error: 'ECONNREFUSED' })
  const unready = await getJson(`${address}/ready`)
  assert.equal(unready.status, 503)
  assert.deepEqual(unready.body.reasons, ['sql is down: ECONNREFUSED'])
  assert.ok(unready.headers.get('retry-after'))

  sql.state = { status: 'up', latencyMs: 1 }
  redis.state = { status: 'down', error: 'degraded' }
  assert.equal((await getJson(`${address}/health`)).body.status, 'degraded')
  assert.deepEqual((await getJson(`${address}/ready`)).body, { ready: true, service: 'api-gateway', reasons: [] })

  redis.state = { status: 'up', latencyMs: 1 }
  const healthy = await getJson(`${address}/health`)
  assert.equal(healthy.body.status, 'healthy')
  assert.equal(healthy.body.service, 'api-gateway')
  assert.equal(healthy.body.time, healthy.body.timestamp)
})

test('version names what runs, metrics are those that the table gives this service', async (t) => {
  const { address } = await startTestService(t, {})
  assert.equal((await getJson(`${address}/version`)).body.service, 'api-gateway')
  const text = await (await fetch(`${address}/metrics`)).text()
  const exported = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  for (const { name, services } of Object.values(families)) {
    assert.equal(exported.has(name), services.includes('api-gateway'), name)
  }
})

test('requests are counted by template, and what strangers make up is counted together', async (t) => {
  const { address } = await startTestService(t, {})
  await fetch(`${address}/health`)
  for (let i = 0; i < 50; i += 1) await fetch(`${address}/v1/made-up/${i}`)
  const text = await (await fetch(`${address}/metrics`)).text()
  assert.match(text, /http_requests_total\{method="GET",endpoint="unmatched",status="404",service="api-gateway"\} 50/)
  assert.match(text, /http_requests_total\{method="GET",endpoint="\/health",status="200",service="api-gateway"\} 1/)
  assert.doesNotMatch(text, /made-up/)
})
