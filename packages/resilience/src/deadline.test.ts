import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import { type RequestContext, withRequest } from '@secureconnect/logging'
import { isDependencyFailure } from './breaker.ts'
import { callTimeoutMs, withTimeout } from './deadline.ts'

const request: RequestContext = {
  requestId: 'request-1',
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  isSampled: false,
  clientIp: '192.0.2.1',
}
const hang = (signal: AbortSignal) => new Promise<never>((_, reject) => signal.addEventListener('abort', reject))

test('a call gets its own limit, or what is left of the request if that is less', () => {
  assert.equal(callTimeoutMs(500), 500)
  const leftMs = withRequest({ ...request, deadlineAt: Date.now() + 100 }, () => callTimeoutMs(500))
  assert.ok(leftMs > 50 && leftMs <= 100, `${leftMs}`)
})

test('nothing is called once the deadline has passed, and that is not held against the dependency', async () => {
  const late = { ...request, deadlineAt: Date.now() - 1 }
  const call = withRequest(late, () => withTimeout({ dependency: 'sql', timeoutMs: 500 }, async () => 'called'))
  await assert.rejects(call, { code: 'REQUEST_TIMEOUT' })
  await assert.rejects(call, (error) => !isDependencyFailure(error))
})

test('work that takes too long is aborted and told as a failure of the dependency, without naming it', async () => {
  let signal: AbortSignal | undefined
  const call = withTimeout({ dependency: 'sql', timeoutMs: 20 }, (given) => {
    signal = given
    return hang(given)
  })
  await assert.rejects(call, (error: Error) => {
    assert.ok(isDependencyFailure(error))
    assert.doesNotMatch(error.message, /sql/)
    assert.match(String(error.cause), /sql did not answer within 20 ms/)
    return true
  })
  assert.equal(signal?.aborted, true)
})

test('a client that goes away aborts the work, and that is not held against the dependency', async () => {
  const client = new AbortController()
  const call = withRequest({ ...request, signal: client.signal }, () =>
    withTimeout({ dependency: 'sql', timeoutMs: 5_000 }, hang),
  )
  client.abort()
  await assert.rejects(call, (error) => !isDependencyFailure(error))
})

test('a dependency that hangs until the deadline has failed, whichever timer fires first', async () => {
  const client = new AbortController()
  const deadlineAt = Date.now() + 30
  const call = withRequest({ ...request, deadlineAt, signal: client.signal }, () =>
    withTimeout({ dependency: 'sql', timeoutMs: 5_000 }, hang),
  )
  setTimeout(() => client.abort(), 29)
  await assert.rejects(call, (error) => isDependencyFailure(error))
})

test('an answer in time is passed on and leaves no listener behind', async () => {
  const client = new AbortController()
  const answer = await withRequest({ ...request, signal: client.signal }, () =>
    withTimeout({ dependency: 'sql', timeoutMs: 500 }, async () => 42),
  )
  assert.equal(answer, 42)
  assert.equal(getEventListeners(client.signal, 'abort').length, 0)
})

test('an answer that came while our own process was held up is not too late', async (t) => {
  const server = createServer((socket) => socket.on('data', (data) => socket.end(data)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const socket = connect(address.port, '127.0.0.1')
  await once(socket, 'connect')
  const answer = withTimeout({ dependency: 'echo', timeoutMs: 100 }, async (): Promise<unknown[]> => {
    socket.write('hello')
    return once(socket, 'data')
  })
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  const busyUntil = performance.now() + 200
  while (performance.now() < busyUntil);
  assert.equal(String((await answer)[0]), 'hello')
})
