import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from './logger.ts'
import { withRequest } from './request-context.ts'

function createCapture() {
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, log: createLogger({ service: 'auth-service', revision: 'abc', level: 'info', stream }) }
}

const request = {
  requestId: 'r-1',
  traceId: 't-1',
  spanId: 's-1',
  isSampled: false,
  clientIp: '192.0.2.1',
  operation: 'auth.login',
}

test('a line is one JSON object with time, level, service and the request under way', async () => {
  const { lines, log } = createCapture()
  await withRequest(request, async () => {
    await Promise.resolve()
    log.info({ outcome: 'ok' }, 'signed in')
  })
  const [line] = lines
  assert.ok(line)
  assert.match(String(line.timestamp), /^\d{4}-.*Z$/)
  assert.deepEqual(
    {
      level: line.level,
      service: line.service,
      message: line.message,
      request_id: line.request_id,
      trace_id: line.trace_id,
      operation: line.operation,
      outcome: line.outcome,
    },
    {
      level: 'info',
      service: 'auth-service',
      message: 'signed in',
      request_id: 'r-1',
      trace_id: 't-1',
      operation: 'auth.login',
      outcome: 'ok',
    },
  )
})

test('secrets are cut out wherever they stand', () => {
  const { lines, log } = createCapture()
  const canary = 'canary-value'
  log.info(
    {
      password: canary,
      body: { refresh_token: canary, deep: { token: canary } },
      headers: { authorization: canary, cookie: canary },
    },
    'x',
  )
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(canary))
})

test('secrets are cut out of errors, which are told all the same', () => {
  const { lines, log } = createCapture()
  const error = Object.assign(new Error('refused'), { token: 'canary-value', request: { password: 'canary-value' } })
  log.error({ error, attempts: [error] }, 'failed')
  assert.match(JSON.stringify(lines), /"message":"refused","stack":.*"attempts":\[\{"type":"Error","message":"refused"/)
  assert.doesNotMatch(JSON.stringify(lines), /canary/)
})

test('whatever is logged, logging it does not throw', () => {
  const { lines, log } = createCapture()
  log.info({ address: new URL('http://example.org/'), at: new Date(0), nothing: null, missing: undefined }, 'x')
  assert.equal(lines[0]?.address, 'http://example.org/')
  assert.equal(lines[0]?.at, '1970-01-01T00:00:00.000Z')
})

test('an error is logged with its message and cause, a line outside a request has no request id', () => {
  const { lines, log } = createCapture()
  log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed')
  const [line] = lines
  assert.match(JSON.stringify(line), /outer.*inner/)
  assert.equal(line?.request_id, undefined)
})
