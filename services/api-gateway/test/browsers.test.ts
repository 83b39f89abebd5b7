import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sendRaw } from './raw-connection.ts'
import { startGateway, startUpstream } from './test-gateway.ts'

const friend = 'https://app.example'
/** A path that takes GET and nothing else. */
const keys = '/v1/auth/jwks.json'

async function start(t: TestContext) {
  const upstream = await startUpstream(t)
  const env = { CORS_ALLOWED_ORIGINS: `${friend},https://other.example:8443`, RATELIMIT_LOGIN: '1' }
  return { upstream, gateway: await startGateway(t, { upstream, env }) }
}

const corsOf = ({ headers }: Response) => [...headers.keys()].filter((name) => name.startsWith('access-control-'))

function preflight(url: string, origin: string, method = 'GET') {
  const headers = {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  }
  return fetch(url, { method: 'OPTIONS', headers })
}

test('a page of an allowed origin may ask everything there is, with credentials', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const path of [keys, '/v1/auth/login', '/v1/nothing', '/health']) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await preflight(gateway.address + path, friend, method)
      assert.equal(response.status, 204)
      assert.equal(response.headers.get('access-control-allow-origin'), friend)
      assert.equal(response.headers.get('access-control-allow-credentials'), 'true')
      assert.match(response.headers.get('access-control-allow-methods') ?? '', new RegExp(`\\b${method}\\b`))
      assert.match(response.headers.get('access-control-allow-headers') ?? '', /Authorization, Content-Type/)
      assert.equal(await response.text(), '')
    }
  }
  assert.equal(upstream.received.length, 0)
})

test('preflights count as all else that a network sends without signing in', async (t) => {
  const upstream = await startUpstream(t)
  const env = { CORS_ALLOWED_ORIGINS: friend, RATELIMIT_DEFAULT: '1/4' }
  const { address } = await startGateway(t, { upstream, env })
  const answers = []
  for (const path of [keys, '/v1/users/me', '/v1/nothing']) {
    for (const method of ['GET', 'PATCH']) answers.push(await preflight(address + path, friend, method))
  }
  assert.deepEqual(
    answers.map(({ status }) => status),
    [204, 204, 204, 204, 429, 429],
  )
  const refused = answers.at(-1)
  assert.ok(Number(refused?.headers.get('retry-after')) >= 1)
  assert.equal(refused?.headers.get('access-control-allow-origin'), friend)
})

const strangers = [
  'https://evil.example',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example.evil.example',
  'https://xapp.example',
  'HTTPS://APP.EXAMPLE',
  'https://app.example/',
  'https://app.example, https://app.example',
  'null',
  '*',
  '',
]

for (const origin of strangers) {
  test(`a page of "${origin}" is told nothing of what it may do`, async (t) => {
    const { upstream, gateway } = await start(t)
    const asked = await preflight(gateway.address + keys, origin)
    assert.equal(asked.status, 405)
    assert.deepEqual(corsOf(asked), [])
    assert.equal(upstream.received.length, 0)
    const answered = await fetch(gateway.address + keys, { headers: { origin } })
    assert.deepEqual([answered.status, corsOf(answered)], [200, []])
    assert.equal(answered.headers.get('vary'), 'Origin')
  })
}

test('an allowed page can read every answer, also a refusal, and the headers it needs', async (t) => {
  const { upstream, gateway } = await start(t)
  upstream.answer = (_request, response) => response.writeHead(200, { vary: 'Accept' }).end('{}')
  const headers = { origin: friend }
  const post = { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: 'x' }
  const answers = [
    await fetch(gateway.address + keys, { headers }),
    await fetch(`${gateway.address}/v1/nothing`, { headers }),
    await fetch(gateway.address + keys, { method: 'DELETE', headers }),
    await fetch(gateway.address + keys, { method: 'OPTIONS', headers }),
    await fetch(`${gateway.address}/v1/auth/login`, post),
    await fetch(`${gateway.address}/v1/auth/login`, post),
    await fetch(`${gateway.address}/health`, { headers }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 405, 405, 415, 429, 200],
  )
  for (const { headers } of answers) {
    assert.equal(headers.get('access-control-allow-origin'), friend)
    assert.equal(headers.get('access-control-allow-credentials'), 'true')
    assert.match(headers.get('access-control-expose-headers') ?? '', /Retry-After.*X-RateLimit-Remaining.*X-Request-ID/)
    assert.match(headers.get('vary') ?? '', /\bOrigin\b/)
  }
})

test('without a list of origins no page of another origin is allowed', async (t) => {
  const gateway = await startGateway(t, { upstream: await startUpstream(t) })
  assert.deepEqual(corsOf(await preflight(gateway.address + keys, friend)), [])
  assert.deepEqual(corsOf(await preflight(gateway.address + keys, gateway.address)), [])
})

test('OPTIONS that is no preflight is a method like any other', async (t) => {
  const { gateway } = await start(t)
  const response = await fetch(gateway.address + keys, { method: 'OPTIONS' })
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET'])
})

test('every kind of answer carries the security headers', async (t) => {
  const { upstream, gateway } = await start(t)
  const { port } = gateway
  const ask = (line: string, more = '') => sendRaw(port, `${line}\r\nHost: x\r\nConnection: close\r\n${more}\r\n`)
  const login = 'Content-Type: application/json\r\nContent-Length: 99999\r\n'
  const answers = {
    200: await ask(`GET ${keys} HTTP/1.1`),
    '200 of the gateway': await ask('GET /health HTTP/1.1'),
    '200 of the metrics': await ask('GET /metrics HTTP/1.1'),
    204: await ask(`OPTIONS ${keys} HTTP/1.1`, `Origin: ${friend}\r\nAccess-Control-Request-Method: GET\r\n`),
    400: await ask('GET /.. HTTP/1.1'),
    '400 to what is no HTTP': await sendRaw(port, 'garbage\r\n\r\n'),
    404: await ask('GET /nothing HTTP/1.1'),
    405: await ask(`DELETE ${keys} HTTP/1.1`),
    413: await ask('POST /v1/auth/login HTTP/1.1', login),
    429: await ask('POST /v1/auth/login HTTP/1.1', login),
    '400 to a socket': await ask('GET /v1/ws/chat HTTP/1.1'),
  }
  upstream.answer = (request) => void request.socket.destroy()
  Object.assign(answers, { 502: await ask(`GET ${keys} HTTP/1.1`) })
  for (const [name, { status, headers }] of Object.entries(answers)) {
    assert.match(name, new RegExp(`^${status}`))
    assert.match(headers['content-security-policy'] ?? '', /default-src 'none'.*frame-ancestors 'none'/, name)
    assert.equal(headers['x-content-type-options'], 'nosniff', name)
    assert.equal(headers['x-frame-options'], 'DENY', name)
    assert.equal(headers['referrer-policy'], 'no-referrer', name)
    assert.match(headers['strict-transport-security'] ?? '', /^max-age=\d{8}/, name)
    assert.match(headers['x-request-id'] ?? '', /^[\w-]{8,64}$/, name)
    assert.equal(headers.server, undefined)
    assert.equal(headers['x-powered-by'], undefined)
  }
})

test('a request id that may be kept is kept all the way, and any other is replaced', async (t) => {
  const { upstream, gateway } = await start(t)
  const ask = async (id: string) => {
    const { headers } = await fetch(gateway.address + keys, { headers: { 'x-request-id': id } })
    assert.equal(headers.get('x-request-id'), upstream.received.at(-1)?.headers['x-request-id'])
    return headers.get('x-request-id')
  }
  assert.equal(await ask('my-request-1'), 'my-request-1')
  for (const id of ['short', 'a'.repeat(65), 'with space', '<script>']) {
    assert.match((await ask(id)) ?? '', /^[0-9a-f-]{36}$/)
  }
})

test('an answer to a page has each header of CORS once, and PATCH is allowed (earlier fault 16)', async (t) => {
  const upstream = await startUpstream(t)
  upstream.answer = (_request, response) =>
    response
      .writeHead(200, { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' })
      .end('{}')
  const { address } = await startGateway(t, { upstream, env: { CORS_ALLOWED_ORIGINS: friend } })
  const answer = await fetch(address + keys, { headers: { origin: friend } })
  assert.equal(answer.headers.get('access-control-allow-origin'), friend)
  assert.equal(answer.headers.get('access-control-allow-credentials'), 'true')
  const allowed = (await preflight(`${address}/v1/users/me`, friend, 'PATCH')).headers
  assert.match(allowed.get('access-control-allow-methods') ?? '', /PATCH/)
})
