import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createLogger, withRequest } from '@secureconnect/logging'
import { startFakeCollector } from '../test/fake-collector.ts'
import { createTraceIds, formatTraceparent, parseTraceparent } from './trace-context.ts'
import { createTracing } from './tracing.ts'

const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }

function createRequest(isSampled: boolean) {
  return { requestId: 'request-1', clientIp: '192.0.2.1', ...createTraceIds({ ...parent, isSampled }) }
}

function startTracing(t: TestContext, otlpEndpoint?: string) {
  const lines: { level: string; message: string; request_id?: string }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const log = createLogger({ service: 'auth-service', revision: 'abc', level: 'info', stream })
  const tracing = createTracing({ service: 'auth-service', otlpEndpoint, log })
  t.after(() => tracing.close())
  return { tracing, lines }
}

const failing = async () => Promise.reject(new TypeError('connection refused'))

test('client, gateway, service and store make one trace', async (t) => {
  const collector = await startFakeCollector(t)
  const gateway = startTracing(t, collector.url).tracing
  const auth = startTracing(t, collector.url).tracing
  const atGateway = createRequest(true)
  await withRequest(atGateway, async () => {
    const answered = gateway.startRequestSpan('auth.login', atGateway, { method: 'POST' })
    const call = gateway.startSpan('auth-service', {})
    const atAuth = { ...atGateway, ...createTraceIds(parseTraceparent(formatTraceparent(call))) }
    await withRequest(atAuth, async () => {
      const request = auth.startRequestSpan('auth.login', atAuth, {})
      assert.equal(await auth.inSpan('sql select', { table: 'users' }, async () => 7), 7)
      request.end({ attributes: { status: 200 } })
    })
    call.end()
    answered.end()
  })
  await Promise.all([gateway.close(), auth.close()])

  const bySpanId = new Map(collector.spans.map((span) => [span.spanId, span]))
  const chain: string[] = []
  for (let span = collector.spans.find(({ name }) => name === 'sql select'); span; ) {
    chain.push(`${span.kind === 2 ? 'answers' : 'calls'} ${span.name}`)
    if (!bySpanId.has(span.parentSpanId ?? '')) assert.equal(span.parentSpanId, parent.spanId)
    span = bySpanId.get(span.parentSpanId ?? '')
  }
  assert.deepEqual(chain, ['calls sql select', 'answers auth.login', 'calls auth-service', 'answers auth.login'])
  assert.deepEqual([...new Set(collector.spans.map(({ traceId }) => traceId))], [parent.traceId])
  assert.deepEqual([...collector.services], ['auth-service'])
  const answer = collector.spans.find(({ attributes }) => attributes.some(({ key }) => key === 'status'))
  assert.deepEqual(answer?.attributes, [{ key: 'status', value: { intValue: 200 } }])
})

test('of an unsampled trace only the spans that failed are sent', async (t) => {
  const collector = await startFakeCollector(t)
  const { tracing } = startTracing(t, collector.url)
  await withRequest(createRequest(false), async () => {
    await tracing.inSpan('fine', {}, async () => undefined)
    await assert.rejects(tracing.inSpan('failed', {}, failing), TypeError)
  })
  await assert.rejects(tracing.inSpan('failed in the background', {}, failing), TypeError)
  await tracing.inSpan('fine in the background', {}, async () => undefined)
  await tracing.close()
  const [failed, background] = collector.spans
  assert.deepEqual(
    collector.spans.map(({ name }) => name),
    ['failed', 'failed in the background'],
  )
  assert.deepEqual(failed?.status, { code: 2, message: 'connection refused' })
  assert.equal(failed?.traceId, parent.traceId)
  assert.notEqual(background?.traceId, parent.traceId)
})

test('a span lasts as long as its work and is sent once', async (t) => {
  const collector = await startFakeCollector(t)
  const { tracing } = startTracing(t, collector.url)
  const before = Date.now()
  const span = tracing.startRequestSpan('slow', createRequest(true), {})
  await new Promise((done) => setTimeout(done, 30))
  span.end()
  span.end({ error: new Error('late') })
  await tracing.close()
  const [sent, ...more] = collector.spans
  assert.equal(more.length, 0)
  const startMs = Number(sent?.startTimeUnixNano) / 1e6
  const lengthMs = Number(sent?.endTimeUnixNano) / 1e6 - startMs
  assert.ok(Math.abs(startMs - before) < 1_000, `started at ${startMs}`)
  assert.ok(lengthMs >= 29 && lengthMs < 1_000, `lasted ${lengthMs} ms`)
})

test('a collector that is away is told once, outside any request, and its return too', async (t) => {
  const collector = await startFakeCollector(t)
  const { tracing, lines } = startTracing(t, collector.url)
  collector.behaviour = 'refuse'
  const request = createRequest(true)
  const sendBatch = () => {
    for (let i = 0; i < 512; i += 1) tracing.startRequestSpan('x', request, {}).end()
  }
  const waitForLine = async (level: string) => {
    while (!lines.some((line) => line.level === level)) await new Promise((done) => setTimeout(done, 10))
  }
  withRequest(request, sendBatch)
  withRequest(request, sendBatch)
  await waitForLine('warn')
  collector.behaviour = 'take'
  withRequest(request, sendBatch)
  await waitForLine('info')
  assert.deepEqual(
    lines.map(({ level, message, request_id }) => [level, message, request_id]),
    [
      ['warn', 'the trace collector is away', undefined],
      ['info', 'the trace collector is back', undefined],
    ],
  )
})

test('a dead or hanging collector neither throws nor holds up the end', async (t) => {
  const collector = await startFakeCollector(t)
  collector.behaviour = 'hang'
  for (const endpoint of ['http://127.0.0.1:9', collector.url]) {
    const { tracing } = startTracing(t, endpoint)
    const startedAt = performance.now()
    for (let i = 0; i < 10_000; i += 1) tracing.startRequestSpan('x', createRequest(true), {}).end()
    await tracing.close()
    await tracing.close()
    const tookMs = performance.now() - startedAt
    assert.ok(tookMs < 4_000, `${endpoint} took ${tookMs} ms`)
  }
})

test('without an endpoint work runs as it is and trace ids still travel', async (t) => {
  const { tracing, lines } = startTracing(t)
  const request = createRequest(true)
  await withRequest(request, async () => {
    assert.equal(formatTraceparent(tracing.startSpan('x', {})), formatTraceparent(request))
    await assert.rejects(tracing.inSpan('x', {}, failing), TypeError)
  })
  assert.ok(parseTraceparent(formatTraceparent(tracing.startSpan('x', {}))))
  assert.deepEqual(lines, [])
})
