import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { limits } from '@secureconnect/protocol'
import { freePort } from '@secureconnect/test/stack'
import { WebSocket } from 'ws'
import { createBadTokens, createIssuer } from './issuer.ts'
import { openConnection, sendRaw } from './raw-connection.ts'
import { startRealService } from './real-service.ts'
import { chatPath, openSocket, readRefusal, startSocketUpstream } from './socket-upstream.ts'
import { type Gateway, startGateway } from './test-gateway.ts'
import { trials } from './trials.ts'

const env = { PUBLIC_URL: 'https://app.example', CORS_ALLOWED_ORIGINS: 'https://other.example' }

async function start(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const upstream = await startSocketUpstream(t)
  return { upstream, gateway: await startGateway(t, { upstream, env: { ...env, ...more } }) }
}

async function assertRefused(ws: WebSocket, status: number, code: string) {
  const refusal = await readRefusal(ws)
  const { success, error, meta } = JSON.parse(refusal.body)
  assert.deepEqual([refusal.status, success, error.code], [status, false, code])
  assert.equal(refusal.headers['x-request-id'], meta.request_id)
  assert.equal(refusal.headers['x-content-type-options'], 'nosniff')
  return refusal
}

const usual = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** An opening with some headers other than usual; undefined leaves one out. */
function opening(odd: Readonly<Record<string, string | undefined>>, line = `GET ${chatPath} HTTP/1.1`): string {
  const headers = Object.entries({ Host: 'gateway', ...usual, ...odd })
  const lines = headers.map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\r\n`))
  return `${line}\r\n${lines.join('')}\r\n`
}

const malformed: Readonly<Record<string, string>> = {
  'no key': opening({ 'Sec-WebSocket-Key': undefined }),
  'a short key': opening({ 'Sec-WebSocket-Key': 'AAAA' }),
  'a key that is no base64': opening({ 'Sec-WebSocket-Key': `${'!'.repeat(22)}==` }),
  'a key with bits too many': opening({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAB==' }),
  'two keys': opening({ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }),
  'no version': opening({ 'Sec-WebSocket-Version': undefined }),
  'an old version': opening({ 'Sec-WebSocket-Version': '8' }),
  'two versions': opening({ 'Sec-WebSocket-Version': '13, 8' }),
  'HTTP/1.0': opening({}, `GET ${chatPath} HTTP/1.0`),
  'a body': `${opening({ 'Content-Length': '4' })}body`,
  chunks: `${opening({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`,
  'no upgrade at all': opening({ Connection: 'close', Upgrade: undefined }),
  'an upgrade that Connection does not name': opening({ Connection: 'close' }),
  'an upgrade to HTTP/2': opening({ Upgrade: 'h2c', Connection: 'Upgrade, close' }),
  'two protocols to choose from': opening({ Upgrade: 'websocket, h2c', Connection: 'Upgrade, close' }),
  'two hosts': opening({ host: 'other' }),
  'dots in its path': opening({}, 'GET /v1/ws/../ws/chat HTTP/1.1').replace(
    'Connection: Upgrade',
    'Connection: Upgrade, close',
  ),
}

for (const [name, bytes] of Object.entries(malformed)) {
  test(`an opening with ${name} is refused with 400 and reaches nobody`, async (t) => {
    const { upstream, gateway } = await start(t)
    const { status, body } = await sendRaw(gateway.port, bytes)
    assert.equal(status, 400)
    assert.equal(JSON.parse(body).error.code, 'VALIDATION_ERROR')
    assert.equal(upstream.openings.length, 0)
  })
}

test('a socket that is not in the table is 404, and one that is takes GET only', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const path of ['/v1/ws/nothing', '/v1/ws/chat/', '/v1/WS/chat', '/']) {
    const { status, body } = await sendRaw(
      gateway.port,
      opening({ Connection: 'Upgrade, close' }, `GET ${path} HTTP/1.1`),
    )
    assert.deepEqual([status, JSON.parse(body).error.code], [404, 'ROUTE_NOT_FOUND'])
  }
  const { status, headers } = await sendRaw(
    gateway.port,
    opening({ Connection: 'Upgrade, close' }, `POST ${chatPath} HTTP/1.1`),
  )
  assert.deepEqual([status, headers.allow], [405, 'GET'])
  assert.equal(upstream.openings.length, 0)
})

test('pages of our own and of allowed origins may open sockets, others may not', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const origin of ['https://evil.example', 'http://app.example', 'https://app.example.evil.example', 'null']) {
    await assertRefused(openSocket(t, gateway, { headers: { origin } }), 403, 'FORBIDDEN')
  }
  assert.equal(upstream.openings.length, 0)
  for (const origin of ['https://app.example', 'https://other.example']) {
    await once(openSocket(t, gateway, { headers: { origin } }), 'open')
    assert.equal(upstream.openings.at(-1)?.headers.origin, origin)
  }
})

test('every socket of the table is opened at its service, which sees what we vouch for and nothing else', async (t) => {
  const chat = await startSocketUpstream(t)
  const video = await startSocketUpstream(t)
  const gateway = await startGateway(t, { env: { CHAT_URL: chat.url, VIDEO_URL: video.url } })
  const spoofed = {
    'x-forwarded-for': '203.0.113.9',
    'x-user-id': 'root',
    forwarded: 'for=203.0.113.9',
    te: 'trailers',
  }
  const headers = { ...spoofed, authorization: 'Bearer x', cookie: 'a=1' }
  for (const path of [chatPath, '/v1/ws/signaling', '/v1/calls/ws/signaling']) {
    const ws = openSocket(t, gateway, { path: `${path}?v=1`, headers, protocol: 'sc.v1' })
    await once(ws, 'open')
    const seen = (path === chatPath ? chat : video).openings.at(-1)
    assert.equal(seen?.url, `${path}?v=1`)
    const { authorization, cookie, upgrade } = seen?.headers ?? {}
    assert.deepEqual([authorization, cookie, upgrade], ['Bearer x', undefined, 'websocket'])
    assert.equal(seen?.headers['x-forwarded-for'], '127.0.0.1')
    assert.match(`${seen?.headers['x-request-id']}`, /^[\w-]{36}$/)
    for (const name of ['x-user-id', 'forwarded', 'te']) assert.equal(seen?.headers[name], undefined, name)
    ws.terminate()
  }
  assert.deepEqual([chat.openings.length, video.openings.length], [1, 2])
})

const http = (status: string, headers: string, body: string) =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
const json = 'Content-Type: application/json\r\n'
const refusal = '{"success":false,"error":{"code":"UNAUTHORIZED"}}'

test('a refusal of the service passes as it is', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const status of ['401 Unauthorized', '403 Forbidden', '503 Service Unavailable']) {
    upstream.answer = (_request, socket) =>
      void socket.end(http(status, `${json}Retry-After: 7\r\nX-Internal: x\r\n`, refusal))
    const { status: seen, headers, body } = await readRefusal(openSocket(t, gateway))
    assert.deepEqual([seen, headers['retry-after'], body], [Number(status.slice(0, 3)), '7', refusal])
    assert.equal(headers['x-internal'], undefined)
    assert.equal(headers['x-content-type-options'], 'nosniff')
  }
})

test('whatever else a service says to an opening is 502, and nothing of it is told', async (t) => {
  const { upstream, gateway } = await start(t)
  const answers = [
    http('200 OK', json, '{}'),
    http('302 Found', 'Location: http://127.0.0.1:1/\r\n', ''),
    http('500 Oops', 'Content-Type: text/html\r\n', '<pre>at x.ts:1</pre>'),
    http('401 Unauthorized', json, 'x'.repeat(20_000)),
    'garbage\r\n\r\n',
    '',
  ]
  for (const answer of answers) {
    upstream.answer = (_request, socket) => void socket.end(answer)
    const { body } = await assertRefused(openSocket(t, gateway), 502, 'UPSTREAM_ERROR')
    assert.doesNotMatch(body, /x\.ts|xxx|garbage/)
  }
  upstream.answer = (_request, _socket, accept) => accept()
  await once(openSocket(t, gateway), 'open')
})

test('no more sockets than configured, also when many are opened at once', async (t) => {
  const { upstream, gateway } = await start(t, { WS_MAX_CONNECTIONS: '2' })
  const held: (() => void)[] = []
  upstream.answer = (_request, _socket, accept) => void held.push(accept)
  const clients = Array.from({ length: 6 }, () => openSocket(t, gateway))
  const outcomes = clients.map(outcomeOf)
  assert.equal(await Promise.race(outcomes), 503)
  while (held.length < 2) await delay(5)
  upstream.answer = (_request, _socket, accept) => accept()
  for (const accept of held) accept()
  assert.deepEqual((await Promise.all(outcomes)).sort(), [101, 101, 503, 503, 503, 503])
  const { headers } = await assertRefused(openSocket(t, gateway), 503, 'CAPACITY')
  assert.match(headers['retry-after'] ?? '', /^[1-9]/)
  clients.find(({ readyState }) => readyState === WebSocket.OPEN)?.close()
  await untilRoom(t, gateway)
})

function outcomeOf(ws: WebSocket): Promise<number> {
  return Promise.race([once(ws, 'open').then(() => 101), readRefusal(ws).then(({ status }) => status)])
}

/** A place that a socket has left is free once both its sides are gone. */
async function untilRoom(t: TestContext, gateway: Gateway): Promise<void> {
  while ((await outcomeOf(openSocket(t, gateway))) !== 101) await delay(10)
}

test('a client that leaves while its socket is being opened leaves nothing behind', async (t) => {
  const { upstream, gateway } = await start(t, { WS_MAX_CONNECTIONS: '1' })
  const left = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  upstream.answer = (_request, socket) => {
    socket
      .on('end', () => socket.end())
      .once('close', left.resolve)
      .resume()
    arrived.resolve()
  }
  const socket = await openConnection(t, gateway)
  socket.write(opening({}))
  await arrived.promise
  const leftAt = performance.now()
  socket.destroy()
  await left.promise
  assert.ok(performance.now() - leftAt < limits.requestDeadlineMs / 2, 'it was not the deadline that ended it')
  upstream.answer = (_request, _socket, accept) => accept()
  await untilRoom(t, gateway)
})

suite('a service that is not there or hangs', { concurrency: true }, () => {
  test('is 503 at once when nobody listens', async (t) => {
    const gateway = await startGateway(t, { env: { CHAT_URL: `http://127.0.0.1:${await freePort()}` } })
    const { headers } = await assertRefused(openSocket(t, gateway), 503, 'SERVICE_UNAVAILABLE')
    assert.match(headers['retry-after'] ?? '', /^[1-9]/)
  })

  test('is 504 at the deadline, and is let go', async (t) => {
    const { upstream, gateway } = await start(t)
    const left = Promise.withResolvers<void>()
    upstream.answer = (_request, socket) =>
      void socket
        .on('end', () => socket.end())
        .once('close', left.resolve)
        .resume()
    await assertRefused(openSocket(t, gateway), 504, 'REQUEST_TIMEOUT')
    await left.promise
  })
})

test('who may open a socket is for the service to say, and its refusals pass', async (t) => {
  const issuer = createIssuer()
  const { url } = await startRealService(t, { load: async () => issuer.keySet.keys })
  const gateway = await startGateway(t, { env: { ...env, CHAT_URL: url }, table: trials })
  const userId = randomUUID()
  await assertRefused(openSocket(t, gateway), 401, 'UNAUTHORIZED')
  await assertRefused(openSocket(t, gateway, { path: `${chatPath}?token=x` }), 400, 'VALIDATION_ERROR')
  const bad = createBadTokens(issuer, userId)
  for (const [wrong, token] of Object.entries(bad)) {
    const ws = openSocket(t, gateway, { headers: { authorization: `Bearer ${token}` } })
    await assertRefused(ws, 401, wrong === 'has ended' ? 'TOKEN_EXPIRED' : 'UNAUTHORIZED')
  }
  const ws = openSocket(t, gateway, { headers: { authorization: `Bearer ${issuer.issue(userId)}` } })
  const frames: { type: string; user_id?: string }[] = []
  ws.on('message', (data) => frames.push(JSON.parse(`${data}`)))
  while (frames.length < 2) await once(ws, 'message')
  assert.deepEqual([frames[0]?.type, frames[1]?.type, frames[1]?.user_id], ['hello', 'ready', userId])
})

test('a service that cannot have the keys refuses sockets with 503, never 401', async (t) => {
  const load = async () => Promise.reject(new Error('no keys'))
  const { url } = await startRealService(t, { load })
  const gateway = await startGateway(t, { env: { CHAT_URL: url }, table: trials })
  const headers = { authorization: `Bearer ${createIssuer().issue(randomUUID())}` }
  await assertRefused(openSocket(t, gateway, { headers }), 503, 'SERVICE_UNAVAILABLE')
})
