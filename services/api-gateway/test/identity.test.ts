import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { accounts, allOperations, type PublicKey } from '@secureconnect/protocol'
import { readJson } from '@secureconnect/test/helpers'
import { createBadTokens, createIssuer } from './issuer.ts'
import { startRealService } from './real-service.ts'
import { answerOk, startGateway, startUpstream } from './test-gateway.ts'
import { trials } from './trials.ts'

/** A gateway before a real service and an auth-service that publishes the issuer's keys, as long as it does. */
async function start(t: TestContext, { load }: { load?: () => Promise<readonly PublicKey[]> } = {}) {
  const issuer = createIssuer()
  const auth = await startUpstream(t)
  auth.answer = (request, response) => {
    if (request.url !== accounts.keys.path) return answerOk(request, response)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(issuer.keySet))
  }
  const { url } = await startRealService(t, { load: load ?? (async () => issuer.keySet.keys) })
  const env = { CHAT_URL: url, RATELIMIT_DEFAULT: '1/50', RATELIMIT_NETWORK: '1/50' }
  const gateway = await startGateway(t, { upstream: auth, env, table: [...allOperations, ...trials] })
  const ask = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`${gateway.address}/v1/trial`, { headers })
    const remaining = Number(response.headers.get('x-ratelimit-remaining'))
    return { status: response.status, remaining, headers: response.headers, body: await readJson(response) }
  }
  return { issuer, auth, gateway, ask }
}

test('a good token is served and counts against its user, wherever he comes from', async (t) => {
  const { issuer, ask } = await start(t)
  const [ada, bob] = [randomUUID(), randomUUID()]
  const first = await ask(issuer.issue(ada))
  assert.deepEqual([first.status, first.body.success, first.remaining], [200, true, 49])
  assert.equal((await ask(issuer.issue(ada))).remaining, 48, 'another token of the same user')
  assert.equal((await ask(issuer.issue(bob))).remaining, 49)
})

test('a token that is not good is refused by its service with 401 in the common shape', async (t) => {
  const { issuer, ask } = await start(t)
  for (const [wrong, token] of Object.entries(createBadTokens(issuer, randomUUID()))) {
    const { status, headers, body } = await ask(token)
    assert.equal(status, 401, wrong)
    assert.equal(body.success, false)
    assert.equal(body.error.code, wrong === 'has ended' ? 'TOKEN_EXPIRED' : 'UNAUTHORIZED', wrong)
    assert.equal(body.meta.request_id, headers.get('x-request-id'))
  }
  const { status, body } = await ask()
  assert.deepEqual([status, body.error.code], [401, 'UNAUTHORIZED'])
})

test('a token that is not good counts against the network, so that making some up evades no limit', async (t) => {
  const { issuer, ask } = await start(t)
  const remaining: number[] = []
  for (const token of Object.values(createBadTokens(issuer, randomUUID()))) remaining.push((await ask(token)).remaining)
  for (let made = 0; made < 5; made++) remaining.push((await ask(`${randomUUID()}.a.b`)).remaining)
  assert.deepEqual(
    remaining,
    remaining.map((_, index) => 49 - index),
  )
})

test('a service that cannot have the keys says 503, never 401, and heals by itself', async (t) => {
  let isAway = true
  const issuer = createIssuer()
  const load = async () => {
    if (isAway) throw new Error('no keys')
    return issuer.keySet.keys
  }
  const { ask } = await start(t, { load })
  const { status, headers, body } = await ask(issuer.issue(randomUUID()))
  assert.deepEqual([status, body.error.code], [503, 'SERVICE_UNAVAILABLE'])
  assert.match(headers.get('retry-after') ?? '', /^[1-9]/)
  isAway = false
  assert.equal((await ask(issuer.issue(randomUUID()))).status, 200)
})

test('without the keys the gateway forwards as ever, counts by network, and by user once it has them', async (t) => {
  const { issuer, auth, ask } = await start(t)
  const publish = auth.answer
  const answers: (typeof auth.answer)[] = [
    (request) => void request.socket.destroy(),
    (_request, response) => response.writeHead(503, { 'content-type': 'application/json' }).end('{}'),
    (_request, response) => response.writeHead(200).end('garbage'),
    (_request, response) => response.writeHead(200).end('{"keys":[{"kty":"oct"}]}'),
    (_request, response) => response.writeHead(200).end(JSON.stringify({ keys: [], pad: 'x'.repeat(70_000) })),
  ]
  for (const [index, answer] of answers.entries()) {
    auth.answer = answer
    const { status, remaining } = await ask(issuer.issue(randomUUID()))
    assert.deepEqual([status, remaining], [200, 49 - index])
  }
  auth.answer = publish
  assert.equal((await ask(issuer.issue(randomUUID()))).remaining, 49)
  auth.answer = answers[0] ?? publish
  assert.equal((await ask(issuer.issue(randomUUID()))).remaining, 49, 'keys once had are kept')
})

test('keys that do not come hold up nobody for long, and only while nothing is known', async (t) => {
  const { issuer, auth, ask } = await start(t)
  auth.answer = () => undefined
  const startedAt = performance.now()
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(issuer.issue(randomUUID()))))
  assert.ok(answers.every(({ status }) => status === 200))
  const fetches = auth.received.filter(({ url }) => url === accounts.keys.path).length
  assert.ok(fetches <= 2, `${fetches} fetches for ten requests`)
  assert.ok(performance.now() - startedAt < 3_000)
})

test('who calls is told by the token alone, which goes on as it came', async (t) => {
  const upstream = await startUpstream(t)
  const { address } = await startGateway(t, { upstream, table: trials })
  const authorization = 'Bearer some.token.here'
  const claims = { 'x-user-id': 'root', 'x-user-role': 'admin', 'x-session-id': 's', 'x-authenticated': '1' }
  await fetch(`${address}/v1/trial`, { headers: { authorization, ...claims } })
  const headers = upstream.received[0]?.headers ?? {}
  assert.equal(headers.authorization, authorization)
  for (const name of Object.keys(claims)) assert.equal(headers[name], undefined, name)
})
