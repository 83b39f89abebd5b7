import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { openConnection, type RawAnswer, readUntil, sendRaw } from './raw-connection.ts'
import { plainGet, type RawCase, readable, smuggled, unreadable } from './raw-request-cases.ts'
import { type Gateway, startGateway, startUpstream, type Upstream } from './test-gateway.ts'

const cleanups: (() => unknown)[] = []
const suite = { after: (work: () => unknown) => void cleanups.unshift(work) }
let upstream: Upstream
let gateway: Gateway

before(async () => {
  upstream = await startUpstream(suite)
  gateway = await startGateway(suite, { upstream })
})
after(async () => {
  for (const work of cleanups) await work()
})

function assertCommonError({ status, headers, body }: RawAnswer): void {
  const { success, error, meta } = JSON.parse(body)
  assert.equal(success, false)
  assert.match(error.code, /^(?:VALIDATION_ERROR|ROUTE_NOT_FOUND|METHOD_NOT_ALLOWED)$/)
  assert.equal(headers['x-request-id'], meta.request_id)
  assert.equal(headers['x-content-type-options'], 'nosniff', `${status}`)
}

async function assertAnswered({ bytes, status, reached = [] }: RawCase): Promise<void> {
  upstream.received.length = 0
  const answer = await sendRaw(gateway.port, bytes)
  assert.equal(answer.status, status, answer.text)
  if (status >= 400 && !bytes.startsWith('HEAD')) assertCommonError(answer)
  assert.equal(answer.text.split('HTTP/1.1 ').length, 2, 'one answer and no more')
  const next = await sendRaw(gateway.port, plainGet)
  assert.equal(next.status, 200, 'the process answers the next one')
  const whole = upstream.received.filter(({ isWhole }) => isWhole)
  const seen = whole.map(({ method, url }) => `${method} ${url}`)
  assert.deepEqual(seen, [...reached, 'GET /v1/users/me'])
}

for (const one of readable) {
  const outcome = one.status === 200 ? 'is forwarded as the table says' : `gets ${one.status} and goes nowhere`
  test(`${one.name} ${outcome}`, () => assertAnswered(one))
}

for (const one of unreadable) {
  test(`${one.name}: gets 400, goes nowhere and ends its connection`, () => assertAnswered(one))
}

test('whoever is refused and never ends his side is not kept', async (t) => {
  for (const { bytes } of unreadable.slice(0, 3)) {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    t.after(() => socket.destroy())
    socket.on('error', () => undefined).write(bytes)
    await once(socket.resume(), 'end')
  }
  const count = promisify(gateway.server.getConnections.bind(gateway.server))
  await assert.doesNotReject(async () => {
    while ((await count()) > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  })
})

test('requests sent without waiting are answered one by one, in their order', async (t) => {
  const socket = await openConnection(t, gateway)
  const slow = Promise.withResolvers<void>()
  upstream.answer = async (request, response) => {
    if (request.url === '/v1/users/me?n=1') await slow.promise
    else slow.resolve()
    response.setHeader('content-type', 'application/json').end(JSON.stringify(request.url))
  }
  const send = (n: number) => `GET /v1/users/me?n=${n} HTTP/1.1\r\nHost: gateway\r\n\r\n`
  socket.write(send(1) + send(2) + send(3))
  const text = await readUntil(socket, (sofar) => sofar.includes('n=3'))
  assert.deepEqual(text.match(/n=\d/g), ['n=1', 'n=2', 'n=3'])
})

test('garbage behind a request ends the connection and is never taken for that request', async (t) => {
  upstream.received.length = 0
  const reached = Promise.withResolvers<void>()
  upstream.answer = () => reached.resolve()
  const socket = await openConnection(t, gateway)
  socket.on('error', () => undefined)
  socket.write('GET /v1/users/me HTTP/1.1\r\nHost: gateway\r\n\r\n')
  await reached.promise
  socket.write(`garbage\r\n\r\n${smuggled}`)
  assert.equal(await readUntil(socket, () => false), '')
  assert.equal(upstream.received.length, 1)
})

test('a body that breaks off after it began ends what was under way upstream', async (t) => {
  const began = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  upstream.answer = (request) => {
    request
      .once('data', began.resolve)
      .once('close', ended.resolve)
      .on('error', () => undefined)
  }
  const socket = await openConnection(t, gateway)
  socket.write('POST /v1/auth/refresh HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n')
  socket.write('Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n')
  await began.promise
  socket.write('zz\r\n')
  assert.match(await readUntil(socket, () => false), /^HTTP\/1\.1 400 /)
  await ended.promise
})

test('headers by which servers believe each other never come from outside', async () => {
  upstream.received.length = 0
  upstream.answer = (_request, response) => response.setHeader('content-type', 'application/json').end('{}')
  const foreign = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Forwarded', 'X-User-Id']
  const more = ['X-User-Role', 'X-Request-Deadline', 'X-HTTP-Method-Override', 'X-Original-URL', 'Via', 'TE', 'Proxy']
  const spoofed = [...foreign, ...more].map((name) => `${name}: 203.0.113.9\r\n`).join('')
  const kept = 'Accept: text/plain\r\nX-Hop: 1\r\nIf-Match: "a"\r\nConnection: x-hop, if-match, close\r\n'
  await sendRaw(gateway.port, `GET /v1/users/me HTTP/1.1\r\nHost: evil.example\r\n${spoofed}${kept}\r\n`)
  const headers = upstream.received[0]?.headers ?? {}
  assert.doesNotMatch(JSON.stringify(headers), /203\.0\.113\.9|evil|x-hop|if-match/i)
  assert.equal(headers['x-forwarded-for'], '127.0.0.1')
  assert.equal(headers.accept, 'text/plain')
})
