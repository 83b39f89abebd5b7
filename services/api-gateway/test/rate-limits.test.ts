import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { readJson } from '@secureconnect/test/helpers'
import { startGateway, startUpstream } from './test-gateway.ts'

const me = '/v1/users/me'
const login = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }

async function start(t: TestContext, env: Readonly<Record<string, string>>) {
  const upstream = await startUpstream(t)
  const gateway = await startGateway(t, { upstream, env })
  const ask = (path: string, init?: RequestInit) => fetch(gateway.address + path, init)
  /** A request that somebody in front of the gateway says he passes on. */
  const askFrom = async (forwardedFor: string, path = me) => {
    const { status, headers } = await ask(path, { headers: { 'x-forwarded-for': forwardedFor } })
    return { status, remaining: Number(headers.get('x-ratelimit-remaining')) }
  }
  return { upstream, gateway, ask, askFrom }
}

const statusesOf = async (answers: Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status).sort()

test('each class has its own limit, and what is refused goes nowhere', async (t) => {
  const { upstream, ask } = await start(t, { RATELIMIT_LOGIN: '1/3', RATELIMIT_DEFAULT: '1/5' })
  const logins = Array.from({ length: 6 }, () => ask('/v1/auth/login', login))
  assert.deepEqual(await statusesOf(logins), [200, 200, 200, 429, 429, 429])
  const reads = Array.from({ length: 6 }, () => ask(me))
  assert.deepEqual(await statusesOf(reads), [200, 200, 200, 200, 200, 429])
  assert.equal(upstream.received.length, 8)
})

test('every answer tells what is left, and a refusal when to come back, which then holds', async (t) => {
  const { ask } = await start(t, { RATELIMIT_DEFAULT: '120/2' })
  const first = await ask(me)
  const second = await ask(me)
  const refused = await ask(me)
  const of = ({ headers }: Response, name: string) => headers.get(name) ?? ''
  assert.deepEqual(
    [first, second, refused].map((answer) => of(answer, 'x-ratelimit-remaining')),
    ['1', '0', '0'],
  )
  for (const answer of [first, second, refused]) {
    assert.equal(of(answer, 'x-ratelimit-limit'), '2')
    assert.ok(Math.abs(Number(of(answer, 'x-ratelimit-reset')) - Date.now() / 1_000) < 5)
    assert.equal(of(answer, 'ratelimit-policy'), '"default";q=2;w=1')
    assert.match(of(answer, 'ratelimit'), /^"default";r=[01];t=[012]$/)
  }
  const { success, error } = await readJson(refused)
  assert.deepEqual([refused.status, success, error.code], [429, false, 'RATE_LIMITED'])
  assert.ok(error.retry_after_ms > 0 && error.retry_after_ms <= 500, `${error.retry_after_ms} ms`)
  assert.equal(of(refused, 'retry-after'), '1')
  await delay(error.retry_after_ms)
  assert.equal((await ask(me)).status, 200)
})

test('what is not there, not allowed, not clean or a socket counts as well', async (t) => {
  for (const [path, status] of Object.entries({
    '/nothing': 404,
    '/v1/users%2fme': 400,
    '/v1/ws/chat': 400,
    '/*': 404,
  })) {
    const { ask } = await start(t, { RATELIMIT_DEFAULT: '1/2' })
    assert.deepEqual(await statusesOf([ask(path), ask(path), ask(path)]), [status, status, 429])
  }
  const { ask } = await start(t, { RATELIMIT_DEFAULT: '1/2' })
  const put = () => ask('/v1/auth/jwks.json', { method: 'PUT' })
  assert.deepEqual(await statusesOf([put(), put(), put()]), [405, 405, 429])
})

test('the public keys and what operators ask are never limited', async (t) => {
  const { ask } = await start(t, { RATELIMIT_DEFAULT: '1/1', RATELIMIT_NETWORK: '1/1' })
  for (const path of ['/v1/auth/jwks.json', '/.well-known/jwks.json', '/health', '/ready', '/version', '/metrics']) {
    assert.deepEqual(await statusesOf([ask(path), ask(path), ask(path)]), [200, 200, 200], path)
  }
})

test('all that a network sends without signing in shares one limit more', async (t) => {
  const { ask } = await start(t, { RATELIMIT_NETWORK: '1/4' })
  assert.deepEqual(
    await statusesOf([ask(me), ask('/nothing'), ask('/v1/auth/login', login), ask(me)]),
    [200, 200, 200, 404],
  )
  const refused = await ask(me)
  assert.equal(refused.status, 429)
  assert.match(refused.headers.get('ratelimit-policy') ?? '', /^"network";q=4/)
})

test('whoever is not a trusted proxy cannot say that he is somebody else', async (t) => {
  const { upstream, askFrom } = await start(t, { RATELIMIT_DEFAULT: '1/3' })
  const remaining: number[] = []
  for (let host = 1; host <= 5; host++) remaining.push((await askFrom(`198.51.100.${host}`)).remaining)
  assert.deepEqual(remaining, [2, 1, 0, 0, 0])
  for (const { headers } of upstream.received) assert.equal(headers['x-forwarded-for'], '127.0.0.1')
})

test('behind a trusted proxy it is the address next to it that counts', async (t) => {
  const env = { RATELIMIT_DEFAULT: '1/3', TRUSTED_PROXIES: '127.0.0.1/32,10.0.0.0/8' }
  const { upstream, askFrom } = await start(t, env)
  assert.equal((await askFrom('198.51.100.1')).remaining, 2)
  assert.equal((await askFrom('198.51.100.2')).remaining, 2)
  assert.equal((await askFrom('1.2.3.4, 198.51.100.1')).remaining, 1, 'what came from further away is not believed')
  assert.equal((await askFrom('5.6.7.8, 198.51.100.1, 10.1.1.1')).remaining, 0, 'a second trusted hop')
  assert.equal((await askFrom('198.51.100.1')).status, 429)
  assert.equal(upstream.received.at(-1)?.headers['x-forwarded-for'], '198.51.100.1')
})

test('IPv6 counts by /64, and an IPv4 address is the same in both spellings', async (t) => {
  const { askFrom } = await start(t, { RATELIMIT_DEFAULT: '1/3', TRUSTED_PROXIES: '127.0.0.1/32' })
  assert.equal((await askFrom('2001:db8:0:1::1')).remaining, 2)
  assert.equal((await askFrom('2001:db8:0:1:ffff::2')).remaining, 1)
  assert.equal((await askFrom('2001:0DB8::1:0:0:0:3')).remaining, 0)
  assert.equal((await askFrom('2001:db8:0:2::1')).remaining, 2)
  assert.equal((await askFrom('198.51.100.7')).remaining, 2)
  assert.equal((await askFrom('::ffff:198.51.100.7')).remaining, 1)
})

test('counters are told by the operation, never by what was asked', async (t) => {
  const { gateway, ask } = await start(t, { RATELIMIT_DEFAULT: '1/2' })
  for (const path of [me, '/secret-path', '/secret-path']) await ask(path)
  const text = await gateway.context.metrics.registry.metrics()
  assert.match(text, /rate_limit_hits_total\{[^}]*endpoint="\/v1\/users\/me"[^}]*\} 1\n/)
  assert.match(text, /rate_limit_blocked_total\{[^}]*endpoint="unmatched"[^}]*\} 1\n/)
  assert.doesNotMatch(text, /secret-path/)
})
