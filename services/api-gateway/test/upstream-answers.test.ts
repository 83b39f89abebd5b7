import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { readJson } from '@secureconnect/test/helpers'
import { sendRaw } from './raw-connection.ts'
import { startRawUpstream } from './raw-upstream.ts'
import { startGateway, startUpstream } from './test-gateway.ts'
import { trials } from './trials.ts'

async function startRaw(t: TestContext) {
  const upstream = await startRawUpstream(t)
  return { upstream, gateway: await startGateway(t, { upstream, table: trials }) }
}

const get = 'GET /v1/trial HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n'
const json = 'Content-Type: application/json\r\n'

const noAnswers: Readonly<Record<string, string>> = {
  'no HTTP': 'hello\r\n\r\n',
  'a status that is no number': 'HTTP/1.1 abc OK\r\n\r\n',
  'a length that is no number': `HTTP/1.1 200 OK\r\n${json}Content-Length: x\r\n\r\n{}`,
  'two lengths': `HTTP/1.1 200 OK\r\n${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  'a length and chunks': `HTTP/1.1 200 OK\r\n${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'headers of 20,000 bytes': `HTTP/1.1 200 OK\r\n${json}X-A: ${'a'.repeat(20_000)}\r\n\r\n`,
  'a switch of protocols nobody asked for': 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  'a redirect': 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/internal\r\nContent-Length: 0\r\n\r\n',
  'an error page': 'HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<pre>at x.ts:1',
  'an error without a type': 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}',
  'its end before it began': '',
}

for (const [name, bytes] of Object.entries(noAnswers)) {
  test(`an upstream that answers with ${name} is 502, and nothing of it is told`, async (t) => {
    const { upstream, gateway } = await startRaw(t)
    upstream.answer = (socket) => void socket.end(bytes)
    const { status, headers, body, text } = await sendRaw(gateway.port, get)
    assert.equal(status, 502, text)
    const { success, error, meta } = JSON.parse(body)
    assert.deepEqual([success, error.code, meta.request_id], [false, 'UPSTREAM_ERROR', headers['x-request-id']])
    assert.doesNotMatch(text, /internal|x\.ts|oops|hello/i)
    assert.equal(upstream.requests.length, 1, 'what may have had an effect is not done twice')
  })
}

test('a reset before the headers is 502 and is not tried again', async (t) => {
  const { upstream, gateway } = await startRaw(t)
  upstream.answer = (socket) => void socket.resetAndDestroy()
  assert.equal((await sendRaw(gateway.port, get)).status, 502)
  assert.equal(upstream.requests.length, 1)
})

const parts: Readonly<Record<string, string>> = {
  'a length': `HTTP/1.1 200 OK\r\n${json}Content-Length: 10\r\n\r\n12345`,
  chunks: `HTTP/1.1 200 OK\r\n${json}Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n`,
}
const breaks: Readonly<Record<string, (socket: Socket) => unknown>> = {
  reset: (socket) => socket.resetAndDestroy(),
  ended: (socket) => socket.end(),
}

for (const [name, part] of Object.entries(parts)) {
  for (const [how, breakOff] of Object.entries(breaks)) {
    test(`an answer with ${name} that is ${how} in the middle never looks whole`, async (t) => {
      const { upstream, gateway } = await startRaw(t)
      const arrived = Promise.withResolvers<void>()
      upstream.answer = (socket) => {
        socket.write(part)
        void arrived.promise.then(() => breakOff(socket))
      }
      const response = await fetch(`${gateway.address}/v1/trial`)
      const reader = response.body?.getReader()
      await reader?.read()
      arrived.resolve()
      await assert.rejects(async () => reader?.read(), /terminated|closed/)
      assert.ok(gateway.lines.some(({ upstream: name, outcome }) => name === 'chat-service' && outcome === 'failed'))
    })
  }
}

test('an answer without length or chunks ends with its connection', async (t) => {
  const { upstream, gateway } = await startRaw(t)
  upstream.answer = (socket) => void socket.end(`HTTP/1.1 200 OK\r\n${json}\r\n{"a":1}`)
  assert.deepEqual(await readJson(await fetch(`${gateway.address}/v1/trial`)), { a: 1 })
})

test('interim answers are not passed on, only the final one is', async (t) => {
  const { upstream, gateway } = await startRaw(t)
  const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </internal>\r\n\r\n'
  upstream.answer = (socket) => void socket.write(`${interim}${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`)
  const { status, text } = await sendRaw(gateway.port, get)
  assert.equal(status, 200)
  assert.doesNotMatch(text, / 103 |internal/)
})

test('a header that cannot be passed on is 502, and leaves nobody waiting', async (t) => {
  const { upstream, gateway } = await startRaw(t)
  for (const name of ['日本', 'a\x01b']) {
    const disposition = Buffer.from(`Content-Disposition: attachment; filename="${name}"\r\n`)
    const head = Buffer.from(`HTTP/1.1 200 OK\r\n${json}Content-Length: 2\r\n`)
    upstream.answer = (socket) => void socket.write(Buffer.concat([head, disposition, Buffer.from('\r\n{}')]))
    const { status, body } = await sendRaw(gateway.port, get)
    assert.deepEqual([status, JSON.parse(body).error.code], [502, 'UPSTREAM_ERROR'], name)
  }
})

test('what an upstream says of itself, and what is for the next hop only, stays here', async (t) => {
  const upstream = await startUpstream(t)
  const { address } = await startGateway(t, { upstream, table: trials })
  const inner = { server: 'x', via: 'x', 'x-powered-by': 'x', 'x-internal': 'x', 'proxy-authenticate': 'x', te: 'x' }
  const hops = { connection: 'x-hop, close', 'x-hop': 'x', 'keep-alive': 'timeout=9', trailer: 'x-late' }
  const browser = { 'access-control-allow-origin': '*', 'content-security-policy': 'x', 'x-request-id': 'not-ours' }
  const kept = { etag: '"1"', 'cache-control': 'no-store', 'content-type': 'application/json', 'retry-after': '7' }
  upstream.answer = (_request, response) => {
    const cookies = { 'set-cookie': ['a=1', 'b=2'] }
    response.writeHead(200, { ...inner, ...hops, ...browser, ...kept, ...cookies }).end('{}')
  }
  const { headers } = await fetch(`${address}/v1/trial`)
  for (const name of [...Object.keys(inner), 'x-hop', 'trailer', 'access-control-allow-origin']) {
    assert.equal(headers.get(name), null, name)
  }
  for (const [name, value] of Object.entries(kept)) assert.equal(headers.get(name), value)
  assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2'])
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
  assert.notEqual(headers.get('x-request-id'), 'not-ours')
})

test('answers without a body pass as they are', async (t) => {
  const upstream = await startUpstream(t)
  const { address } = await startGateway(t, { upstream, table: trials })
  for (const status of [204, 304]) {
    upstream.answer = (_request, response) => response.writeHead(status, { etag: '"1"' }).end()
    const response = await fetch(`${address}/v1/trial`)
    assert.deepEqual([response.status, response.headers.get('etag'), await response.text()], [status, '"1"', ''])
  }
})

test('errors of a service pass as they are, tell when to come back, and never open its breaker', async (t) => {
  const upstream = await startUpstream(t)
  const { address, context } = await startGateway(t, { upstream, table: trials })
  const body = '{"success":false,"error":{"code":"SERVICE_UNAVAILABLE"}}'
  upstream.answer = (_request, response) => response.writeHead(503, { 'content-type': 'application/json' }).end(body)
  for (let asked = 0; asked < 30; asked++) {
    const response = await fetch(`${address}/v1/trial`)
    assert.deepEqual([response.status, response.headers.get('retry-after'), await response.text()], [503, '1', body])
  }
  assert.equal(context.upstreams.get('chat-service')?.breaker.state, 'closed')
})

test('an answer that stands still in the middle ends at the deadline', async (t) => {
  const { upstream, gateway } = await startRaw(t)
  const closed = Promise.withResolvers<void>()
  upstream.answer = (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${json}Content-Length: 10\r\n\r\n12345`)
    socket.once('close', closed.resolve)
  }
  const { text } = await sendRaw(gateway.port, get.replace('trial', 'hurried'))
  assert.match(text, /12345$/)
  await closed.promise
})
