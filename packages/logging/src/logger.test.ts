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

test('an error is logged with its message and cause, a line outside a request has no request id', () => {
  const { lines, log } = createCapture()
  log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed')
  const [line] = lines
  assert.match(JSON.stringify(line), /outer.*inner/)
  assert.equal(line?.request_id, undefined)
})
