import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ServiceName, serviceNames } from '@secureconnect/protocol'
import { createMetrics } from './create-metrics.ts'
import { families } from './families/index.ts'
import type { Family } from './family.ts'
import { runtimeFamilies } from './runtime-families.ts'

const all: readonly Family[] = Object.values(families)

function create(service: ServiceName) {
  return createMetrics({ service, version: '1.2.3', revision: 'abc' })
}

function listScraped(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
}

test('names are unique, and say what Prometheus expects of their type', () => {
  const names = all.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { name, kind, labels, help } of all) {
    assert.match(name, /^[a-z][a-z0-9_]*$/)
    // The audits' name for this one is part of the contract.
    if (name !== 'auth_login_failed_by_ip') assert.equal(name.endsWith('_total'), kind === 'counter', name)
    for (const label of labels) assert.match(label, /^[a-z_]+$/, name)
    for (const reserved of ['le', 'service', 'job', 'instance']) assert.ok(!labels.includes(reserved), name)
    assert.ok(help.length > 0, name)
  }
})

test('a service exports its own families, each with the declared type, and no other', async () => {
  for (const service of serviceNames) {
    const scraped = new Set(listScraped(await create(service).registry.metrics()))
    for (const { name, kind, services } of all) {
      assert.equal(scraped.has(`${name} ${kind}`), services.includes(service), `${name} of ${service}`)
    }
  }
})

test('instruments take exactly the declared labels', async () => {
  const metrics = create('chat-service')
  metrics.dbQueryErrors.inc({ operation: 'select', table: 'users', error: 'timeout' })
  assert.throws(() => metrics.httpRequests.inc(Object.fromEntries([['path', '/v1/users/7']])), /path/)
  const text = await metrics.registry.metrics()
  const sample = 'db_query_errors_total{operation="select",table="users",error="timeout",service="chat-service"} 1'
  assert.ok(text.includes(sample))
})

test('a counter whose labels are known starts at zero, for every combination', async () => {
  for (const service of serviceNames) {
    const metrics = create(service)
    for (const { name, kind, zeros, labels, services } of all) {
      if (!services.includes(service)) continue
      const metric = await metrics.registry.getSingleMetric(name)?.get()
      const values = metric?.values ?? []
      const isSet = name === 'build_info'
      if (zeros.length > 0) assert.equal(values.length, zeros.length, name)
      if (labels.length === 0 && kind !== 'histogram') assert.deepEqual([values.length, values[0]?.value], [1, 0], name)
      if (!isSet && kind !== 'histogram')
        assert.ok(
          values.every(({ value }) => value === 0),
          name,
        )
    }
  }
})

test('an instrument of other services works and stays out of the scrape', async () => {
  const metrics = create('api-gateway')
  metrics.messages.inc({ type: 'text' })
  metrics.dbConnectionsActive.set(3)
  assert.doesNotMatch(await metrics.registry.metrics(), /^(messages_total|db_connections)/m)
})

test('two services in one process keep their numbers apart', async () => {
  const [auth, chat] = [create('auth-service'), create('chat-service')]
  auth.retries.inc({ dependency: 'sql' })
  assert.match(await auth.registry.metrics(), /retries_total\{dependency="sql",service="auth-service"\} 1/)
  assert.doesNotMatch(await chat.registry.metrics(), /retries_total\{/)
})

test('what is told of the process and of Node is documented as it is', () => {
  const own = new Set<string>(Object.values(families).map(({ name }) => name))
  const documented = new Map(runtimeFamilies.map(({ name, kind, labels }) => [name, [kind, ...labels]]))
  const told = create('auth-service')
    .registry.getMetricsAsArray()
    .filter(({ name }) => !own.has(name))
  for (const metric of told) {
    const labels = 'labelNames' in metric ? (metric.labelNames as string[]) : []
    assert.deepEqual([metric.type, ...labels], documented.get(metric.name), metric.name)
  }
  // Elsewhere some are missing.
  if (process.platform === 'linux') assert.equal(told.length, documented.size)
})

test('the build that runs and the Node runtime are told', async () => {
  const text = await create('auth-service').registry.metrics()
  assert.match(text, /^build_info\{version="1.2.3",revision="abc",service="auth-service"\} 1$/m)
  for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_gc_duration_seconds']) {
    assert.ok(text.includes(`# TYPE ${name} `), name)
  }
})
