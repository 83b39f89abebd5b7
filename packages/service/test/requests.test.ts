import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { currentRequest } from '@secureconnect/logging'
import { operations } from '@secureconnect/protocol'
import { readJson } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { route } from '../src/route.ts'
import { startTestService } from './test-service.ts'

const Answer = Type.Object({ text: Type.String() })

const trials = operations('api-gateway', {
  echo: {
    name: 'trial.echo',
    summary: 'Says what it was told',
    method: 'POST',
    path: '/v1/trial/:number',
    caller: 'public',
    bodyLimit: 200,
    params: Type.Object({ number: Type.Integer({ minimum: 1 }) }),
    query: Type.Object({ flag: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
    body: Type.Object({ text: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    answer: { 201: Answer },
  },
  fail: {
    name: 'trial.fail',
    summary: 'Fails',
    method: 'GET',
    path: '/v1/trial/fail',
    caller: 'public',
    answer: { 200: Answer },
  },
  mine: {
    name: 'trial.mine',
    summary: 'Only for people who signed in',
    method: 'GET',
    path: '/v1/trial/mine',
    caller: 'user',
    answer: { 200: Answer },
    audit: { resource: 'trial', action: 'read' },
  },
  slow: {
    name: 'trial.slow',
    summary: 'Waits until nobody waits any more',
    method: 'PUT',
    path: '/v1/trial/slow',
    caller: 'public',
    deadlineMs: 300,
    body: Type.Object({}),
    answer: { 200: Answer },
  },
})

const echo = route(trials.echo, () => async ({ body, params, query }) => ({
  text: `${body.text} ${params.number + 1} ${String(query.flag)}`,
}))

const ada = {
  userId: '0190a000-0000-7000-8000-000000000001',
  sessionId: '0190a000-0000-7000-8000-000000000002',
  username: 'ada',
  role: 'user',
  expiresAt: new Date(Date.now() + 900_000),
} as const

async function authenticate(token: string) {
  if (token === 'ada') return ada
  throw new AppError('UNAUTHORIZED', 'Not known.')
}

function post(address: string, body: unknown, init: RequestInit = {}) {
  return fetch(`${address}/v1/trial/1?flag=true`, {
    method: 'POST',
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
    ...init,
  })
}

test('an answer comes in the envelope, with the request id that was sent', async (t) => {
  const { address } = await startTestService(t, { routes: [echo] })
  const headers = { 'content-type': 'application/json', 'x-request-id': 'my-own-request' }
  const response = await post(address, { text: 'hi' }, { headers })
  assert.equal(response.status, 201)
  assert.equal(response.headers.get('x-request-id'), 'my-own-request')
  const body = await readJson(response)
  assert.deepEqual({ ...body, meta: 0 }, { success: true, data: { text: 'hi 2 true' }, meta: 0 })
  assert.equal(body.meta.request_id, 'my-own-request')
  assert.match(body.meta.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('a request id that could spoil a log is replaced', async (t) => {
  const { address } = await startTestService(t, { routes: [echo] })
  for (const id of ['short', 'with space in it', 'x'.repeat(65), 'a;b;c;d;e;f']) {
    const response = await post(
      address,
      { text: 'hi' },
      { headers: { 'content-type': 'application/json', 'x-request-id': id } },
    )
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  }
})

test('input that does not fit is refused with every faulty field, and nothing is coerced in a body', async (t) => {
  const { address } = await startTestService(t, { routes: [echo] })
  const faultsOf = async (body: unknown) => {
    const response = await post(address, body)
    assert.equal(response.status, 400)
    const { error } = await readJson(response)
    assert.equal(error.code, 'VALIDATION_ERROR')
    return error.details.map(({ field }: { field: string }) => field)
  }
  assert.deepEqual(await faultsOf({}), ['text'])
  assert.deepEqual(await faultsOf(undefined), ['text'], 'without a body')
  assert.deepEqual(await faultsOf({ text: 5 }), ['text'])
  assert.deepEqual(await faultsOf({ text: '' }), ['text'])
  assert.deepEqual(await faultsOf({ text: 'x', more: 1, even: 2 }), ['more', 'even'])
  assert.deepEqual(await faultsOf([]), [''])
  assert.deepEqual(await faultsOf('{"text":'), [''])
  assert.deepEqual(await faultsOf(''), [''])
  assert.deepEqual(await faultsOf('{"__proto__":{"text":"x"}}'), [''])
})

test('a body of the wrong type or size, an unknown path and a path that does not fit have their own answers', async (t) => {
  const { address } = await startTestService(t, { routes: [echo] })
  const cases: [Promise<Response>, number, string][] = [
    [post(address, { text: 'x' }, { headers: { 'content-type': 'text/plain' } }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [post(address, { text: 'x'.repeat(300) }), 413, 'PAYLOAD_TOO_LARGE'],
    [fetch(`${address}/v1/nothing`), 404, 'ROUTE_NOT_FOUND'],
    [
      fetch(`${address}/v1/trial/zero`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      }),
      400,
      'VALIDATION_ERROR',
    ],
    [
      fetch(`${address}/v1/trial/1?other=1`, {
        method: 'POST',
        body: '{"text":"x"}',
        headers: { 'content-type': 'application/json' },
      }),
      400,
      'VALIDATION_ERROR',
    ],
  ]
  for (const [answer, status, code] of cases) {
    const response = await answer
    assert.equal(response.status, status)
    assert.equal((await readJson(response)).error.code, code)
  }
})

test('an unexpected failure is a 500 that hides its cause and logs it with the request id', async (t) => {
  const fail = route(trials.fail, () => async () => {
    throw new Error('password authentication failed')
  })
  const { address, lines } = await startTestService(t, { routes: [fail] })
  const response = await fetch(`${address}/v1/trial/fail`)
  const text = await response.text()
  assert.equal(response.status, 500)
  assert.doesNotMatch(text, /password/)
  const { request_id } = JSON.parse(text).meta
  const line = lines.find(({ message }) => message === 'request failed')
  assert.equal(line?.request_id, request_id)
  assert.match(JSON.stringify(line), /password authentication failed/)
})

test('an answer that its schema does not know is cut to what the schema says', async (t) => {
  const leak = route(trials.fail, () => async () => ({ text: 'fine', password_hash: 'not for you' }))
  const { address } = await startTestService(t, { routes: [leak] })
  assert.deepEqual((await readJson(await fetch(`${address}/v1/trial/fail`))).data, { text: 'fine' })
})

test('a caller is who the token says; without one the refusal is audited', async (t) => {
  const mine = route(trials.mine, () => async ({ caller }) => ({
    text: `${caller.username} ${currentRequest()?.userId}`,
  }))
  const { address, lines } = await startTestService(t, { routes: [mine], authenticate })
  const ask = (authorization?: string) =>
    fetch(`${address}/v1/trial/mine`, authorization ? { headers: { authorization } } : {})
  assert.deepEqual((await readJson(await ask('Bearer ada'))).data, { text: `ada ${ada.userId}` })
  for (const header of [undefined, 'Bearer eve', 'Basic YWRh', 'Bearer ', 'bearer ada', 'ada']) {
    const response = await ask(header)
    assert.equal(response.status, 401, String(header))
    assert.equal((await readJson(response)).error.code, 'UNAUTHORIZED')
  }
  const audited = lines.filter((line) => line.stream === 'audit')
  assert.equal(audited.length, 6)
  assert.ok(audited.every((line) => line.resource === 'trial' && line.action === 'read' && line.result === 'denied'))
})

test('a service with callers but no way to judge them does not start', async (t) => {
  const mine = route(trials.mine, () => async () => ({ text: '' }))
  await assert.rejects(startTestService(t, { routes: [mine] }), /cannot tell who calls/)
})

test('a deadline ends the work: 504, and the signal of the request aborts', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const slow = route(trials.slow, () => async () => {
    const signal = currentRequest()?.signal
    assert.ok(signal)
    assert.equal(signal.aborted, false)
    await once(signal, 'abort')
    resolve()
    return { text: 'too late' }
  })
  const { address } = await startTestService(t, { routes: [slow] })
  const response = await fetch(`${address}/v1/trial/slow`, {
    method: 'PUT',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(response.status, 504)
  assert.equal((await readJson(response)).error.code, 'REQUEST_TIMEOUT')
  await promise
})

test('a client that goes away aborts the work it asked for, and is counted and logged as gone', async (t) => {
  const started = Promise.withResolvers<void>()
  const aborted = Promise.withResolvers<void>()
  const slow = route(trials.slow, () => async () => {
    const signal = currentRequest()?.signal
    assert.ok(signal)
    started.resolve()
    await once(signal, 'abort')
    aborted.resolve()
    return { text: '' }
  })
  const { address, context, line } = await startTestService(t, { routes: [slow] })
  const { port, hostname } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write(
    'PUT /v1/trial/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  )
  await started.promise
  socket.destroy()
  await aborted.promise
  const { status } = await line(({ message }) => message === 'request answered')
  assert.equal(status, 499)
  assert.equal((await context.metrics.httpRequestsInFlight.get()).values[0]?.value, 0)
})
