import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, type LogLevel, withRequest } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createAudit } from './create-audit.ts'

const userId = '0190a000-0000-7000-8000-000000000001'
const sessionId = '0190a000-0000-7000-8000-000000000002'
const request = {
  requestId: 'request-1',
  traceId: 'trace-1',
  spanId: 'span-1',
  isSampled: false,
  clientIp: '192.0.2.7',
  userId,
  sessionId,
}

function listen({ level = 'info', sessionKey }: { level?: LogLevel; sessionKey?: Buffer } = {}) {
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const log = createLogger({ service: 'auth-service', revision: 'test', level, stream })
  const metrics = createMetrics({ service: 'auth-service', version: '0', revision: 'test' })
  return {
    audit: createAudit({ service: 'auth-service', log, metrics, ...(sessionKey && { sessionKey }) }),
    lines,
    metrics,
  }
}

test('a record is a log line of the audit stream with everything about its request', () => {
  const { audit, lines } = listen({ sessionKey: Buffer.from('key') })
  withRequest(request, () => audit.record({ resource: 'session', action: 'login', result: 'denied', reason: 'locked' }))
  const [{ event_id, timestamp, session_hash, pid: _pid, hostname: _host, ...line } = assert.fail()] = lines
  assert.match(String(event_id), /^[0-9a-f-]{36}$/)
  assert.match(String(timestamp), /Z$/)
  assert.match(String(session_hash), /^[0-9a-f]{8}$/)
  assert.deepEqual(line, {
    level: 'info',
    service: 'auth-service',
    revision: 'test',
    stream: 'audit',
    message: 'audit',
    resource: 'session',
    action: 'login',
    result: 'denied',
    reason: 'locked',
    user_id: userId,
    client_ip: '192.0.2.7',
    request_id: 'request-1',
    trace_id: 'trace-1',
  })
})

test('a session appears only as a keyed hash, and not at all without a key', () => {
  const record = { resource: 'session', action: 'login', result: 'allowed', sessionId } as const
  const [one, same, other, none] = [Buffer.from('key'), Buffer.from('key'), Buffer.from('another'), undefined].map(
    (key) => {
      const { audit, lines } = listen({ ...(key && { sessionKey: key }) })
      audit.record(record)
      assert.doesNotMatch(JSON.stringify(lines), new RegExp(sessionId))
      return lines[0]?.session_hash
    },
  )
  assert.equal(one, same)
  assert.match(String(one), /^[0-9a-f]{8}$/)
  assert.notEqual(one, other)
  assert.equal(none, undefined)
})

test('a service that logs warnings only still logs its audit, and each record is counted', async () => {
  const { audit, lines, metrics } = listen({ level: 'warn' })
  audit.record({ resource: 'user', action: 'register', result: 'allowed', userId })
  assert.equal(lines.length, 1)
  const { values } = await metrics.auditEvents.get()
  assert.deepEqual(
    values.map(({ labels, value }) => [labels.action, labels.result, value]),
    [['register', 'allowed', 1]],
  )
})
