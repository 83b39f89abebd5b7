import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { verifyAuditChain } from '@secureconnect/audit'
import { parseConfig } from '@secureconnect/config'
import { createLogger } from '@secureconnect/logging'
import { families } from '@secureconnect/metrics'
import { type ServiceName, serviceNames } from '@secureconnect/protocol'
import { column, connectPostgres, sqlSettings } from '@secureconnect/sql'
import { shareInSuite } from '@secureconnect/test/services'
import { startFakeCollector } from '@secureconnect/tracing/testing'
import { Type } from 'typebox'
import { createProcessEnv, type ProcessSystem, startProcessSystem } from './processes.ts'
import { ask, newPerson, walkThroughSlice } from './slice.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

type Cleanup = { after: (work: () => unknown) => void }

/** What a scrape holds: each family's type, and the label names of each of its samples. */
type Scrape = ReadonlyMap<string, { kind: string; labels: Set<string> }>

function parseScrape(text: string): Scrape {
  const scrape = new Map<string, { kind: string; labels: Set<string> }>()
  let current = { kind: '', labels: new Set<string>() }
  for (const line of text.split('\n')) {
    const [, name, kind] = line.match(/^# TYPE (\S+) (\S+)$/) ?? []
    if (name && kind) {
      current = { kind, labels: new Set() }
      scrape.set(name, current)
    }
    if (line === '' || line.startsWith('#')) continue
    const names = [...line.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label)
    current.labels.add(
      names
        .filter((label) => label !== 'le')
        .sort()
        .join(' '),
    )
  }
  return scrape
}

/** The families of the table that are missing from a scrape, unasked for in it, or other than declared. */
function compareToTable(scrape: Scrape, service: ServiceName): string[] {
  const table = Object.values(families)
  const differences = table.flatMap(({ name, kind, labels, services }) => {
    const found = scrape.get(name)
    if (!services.includes(service)) return found ? [`${name} is exported and belongs to others`] : []
    if (!found) return [`${name} is missing`]
    if (found.kind !== kind) return [`${name} is a ${found.kind}`]
    const declared = [...labels, 'service'].sort().join(' ')
    return [...found.labels].filter((set) => set !== declared).map((set) => `${name} has the labels ${set}`)
  })
  const known = new Set(table.map(({ name }) => name))
  const foreign = [...scrape.keys()].filter((name) => !known.has(name) && !/^(process|nodejs)_/.test(name))
  return [...differences, ...foreign.map((name) => `${name} is not in the table`)]
}

async function readMetrics(system: ProcessSystem, service: ServiceName): Promise<string> {
  return await (await fetch(`${system[service].address}/metrics`)).text()
}

/** A system that has served two people, one of them under a trace, and was stopped: what it left behind. */
async function leaveTraces(t: Cleanup) {
  const collector = await startFakeCollector(t)
  const env = { ...(await createProcessEnv(t)), OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const system = await startProcessSystem(t, env)
  const gateway = system['api-gateway'].address
  const headers = { 'x-request-id': 'trace-through-processes', traceparent }
  await ask(`${gateway}/v1/auth/register`, { body: newPerson(), headers })
  await walkThroughSlice(gateway)
  const scrapes = new Map<ServiceName, string>()
  for (const service of serviceNames) scrapes.set(service, await readMetrics(system, service))
  for (const service of ['api-gateway', 'auth-service'] as const) {
    system[service].child.kill('SIGTERM')
    await system[service].ended
  }
  return { collector, env, system, scrapes }
}

const left = shareInSuite(leaveTraces)

test('each of the five services exports the families of the table, with their types and labels, and no others', () => {
  for (const [service, scrape] of left().scrapes) {
    assert.deepEqual(compareToTable(parseScrape(scrape), service), [], service)
  }
  const auth = left().scrapes.get('auth-service') ?? ''
  assert.match(
    auth,
    /^http_requests_total\{method="POST",endpoint="\/v1\/auth\/login",status="200",service="auth-service"\} 1$/m,
  )
  assert.match(auth, /^audit_events_total\{action="login",result="allowed",service="auth-service"\} 1$/m)
})

test('one request is one request id and one trace, in the logs and at the collector', async () => {
  const { collector, system } = left()
  for (const service of ['api-gateway', 'auth-service'] as const) {
    const line = await system[service].line(({ request_id }) => request_id === 'trace-through-processes')
    assert.equal(line.trace_id, traceId)
  }
  const spans = collector.spans.filter((span) => span.traceId === traceId)
  const parents = new Map(spans.map((span) => [span.spanId, span.parentSpanId]))
  for (const service of ['api-gateway', 'auth-service']) assert.ok(collector.services.has(service), service)
  assert.ok(
    spans.some(({ name }) => name === 'insert users'),
    'the database is part of the trace',
  )
  const roots = spans.filter(({ parentSpanId }) => !parents.has(parentSpanId ?? ''))
  assert.deepEqual(
    roots.map(({ parentSpanId }) => parentSpanId),
    ['00f067aa0ba902b7'],
  )
})

const ActionRow = Type.Object({ action: column.text, result: column.text, session_hash: column.nullable(column.text) })

async function openDatabase(t: TestContext, env: NodeJS.ProcessEnv) {
  const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })
  const sql = await connectPostgres({ ...parseConfig(sqlSettings, { env }), log })
  t.after(() => sql.close())
  return sql
}

test('what a person did is a chain of records that cannot be changed unseen', async (t) => {
  const sql = await openDatabase(t, left().env)
  const rows = await sql.many(ActionRow)`
    select action, result, session_hash from audit_events order by event_id`
  assert.deepEqual(
    rows.map(({ action, result }) => `${action} ${result}`),
    ['register allowed', 'register allowed', 'login allowed', 'refresh allowed'],
  )
  for (const { session_hash } of rows.slice(2)) assert.match(String(session_hash), /^[0-9a-f]{8}$/)
  const { isIntact, checked, pendingIds } = await verifyAuditChain(sql)
  assert.deepEqual({ isIntact, records: checked + pendingIds.length }, { isIntact: true, records: rows.length })
})
