import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { connectKv } from '@secureconnect/kv'
import { allOperations } from '@secureconnect/protocol'
import { listHealthNotes } from '@secureconnect/service'
import { readJson } from '@secureconnect/test/helpers'
import { freePort, ownRedisServer } from '@secureconnect/test/stack'
import { sendRaw } from './raw-connection.ts'
import { answerOk, type Gateway, startGateway, startUpstream } from './test-gateway.ts'

async function start(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const upstream = await startUpstream(t)
  return { upstream, gateway: await startGateway(t, { upstream, env }) }
}

const readMetrics = async ({ address }: Gateway) => (await fetch(`${address}/metrics`)).text()

test('health names every upstream, and a gateway without any is ready all the same', async (t) => {
  const env = { CHAT_URL: `http://127.0.0.1:${await freePort()}` }
  const { gateway } = await start(t, env)
  const health = await readJson(await fetch(`${gateway.address}/health`))
  assert.deepEqual([health.status, health.service], ['degraded', 'api-gateway'])
  const states = Object.entries<{ status: string; required: boolean }>(health.checks)
  assert.deepEqual(
    states.map(([name, { status, required }]) => [name, status, required]),
    [
      ['auth-service', 'up', false],
      ['chat-service', 'down', false],
      ['video-service', 'up', false],
      ['storage-service', 'up', false],
    ],
  )
  assert.deepEqual(await readJson(await fetch(`${gateway.address}/ready`)), {
    ready: true,
    service: 'api-gateway',
    reasons: [],
  })
  const { service, node } = await readJson(await fetch(`${gateway.address}/version`))
  assert.deepEqual([service, node], ['api-gateway', process.version])
})

test('a gateway tells the other services how it is', async (t) => {
  const { gateway } = await start(t)
  const { kv, config } = gateway.context
  const [note] = await listHealthNotes(kv, 'api-gateway')
  assert.deepEqual([note?.instance, note?.status], [config.instanceId, 'healthy'])
  assert.equal(note?.checks['auth-service']?.status, 'up')
})

test('an upstream that answers its health question badly is down, and nothing of it is told but the status', async (t) => {
  const { upstream, gateway } = await start(t)
  upstream.server.removeAllListeners('request')
  upstream.server.on('request', (_request, response) => response.writeHead(500).end('secret cause'))
  await gateway.context.upstreams.get('auth-service')?.probe.checkNow()
  const text = await (await fetch(`${gateway.address}/health`)).text()
  assert.match(text, /"auth-service":\{"status":"down","required":false,.*?"error":"status 500"/)
  assert.doesNotMatch(text, /secret cause/)
})

test('how long answers took is measured and logged, the time of the service behind it included', async (t) => {
  const { upstream, gateway } = await start(t)
  const slowMs = 50
  upstream.answer = (request, response) => void setTimeout(() => answerOk(request, response), slowMs)
  await fetch(`${gateway.address}/v1/auth/jwks.json`)
  const sum = /^http_request_duration_seconds_sum\{.*endpoint="\/v1\/auth\/jwks.json".*\} (.+)$/m
  const seconds = Number(sum.exec(await readMetrics(gateway))?.[1])
  // Timers may fire a moment early.
  assert.ok(seconds > (slowMs - 5) / 1_000, `${seconds} s`)
  const line = gateway.lines.find(({ message }) => message === 'request answered')
  assert.ok(Number(line?.latency_ms) > slowMs - 5, JSON.stringify(line))
})

test('a stopping gateway is not ready, and answers what is under way to its end', async (t) => {
  const { upstream, gateway } = await start(t, { DRAIN_SECONDS: '4' })
  const arrived = Promise.withResolvers<() => void>()
  upstream.answer = (request, response) => arrived.resolve(() => answerOk(request, response))
  const underWay = fetch(`${gateway.address}/v1/users/me`)
  const finish = await arrived.promise
  const stopped = gateway.stop()
  const ready = await fetch(`${gateway.address}/ready`)
  assert.deepEqual([ready.status, (await readJson(ready)).reasons], [503, ['the service is draining']])
  assert.equal((await fetch(`${gateway.address}/health`)).status, 200)
  finish()
  assert.equal((await underWay).status, 200)
  await stopped
  await assert.rejects(fetch(`${gateway.address}/health`))
})

test('labels hold what the table names, whatever was asked', async (t) => {
  const { gateway } = await start(t)
  const secrets = [
    '/secret-1',
    '/v1/users/secret-2',
    '/v1/users/me/secret-3',
    '/v1/ws/secret-4',
    '/secret-5/../x',
    '/v1/users/me?secret-6=1',
  ]
  for (const path of secrets) {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PROPFIND', 'SECRET-7']) {
      await sendRaw(gateway.port, `${method} ${path} HTTP/1.1\r\nHost: secret-8\r\nConnection: close\r\n\r\n`)
    }
  }
  const text = await readMetrics(gateway)
  assert.doesNotMatch(text, /secret/i)
  const endpoints = new Set([...text.matchAll(/ endpoint="([^"]*)"|,endpoint="([^"]*)"/g)].map(([, a, b]) => a ?? b))
  const known = new Set<string | undefined>(allOperations.map(({ path }) => path))
  for (const own of ['/health', '/ready', '/version', '/metrics', 'unmatched', 'network']) known.add(own)
  for (const socket of ['/v1/ws/chat', '/v1/ws/signaling', '/v1/calls/ws/signaling']) known.add(socket)
  assert.deepEqual(
    [...endpoints].filter((endpoint) => !known.has(endpoint)),
    [],
  )
  const lines = JSON.stringify(gateway.lines)
  assert.doesNotMatch(lines, /secret/i)
})

test('every request is counted once, by the status it got', async (t) => {
  const { upstream, gateway } = await start(t)
  const ask = (path: string) => fetch(gateway.address + path)
  await ask('/v1/users/me')
  await ask('/v1/users/me')
  upstream.answer = (request) => void request.socket.destroy()
  await ask('/v1/users/me')
  await ask('/nothing')
  await sendRaw(gateway.port, 'garbage\r\n\r\n')
  const text = await readMetrics(gateway)
  const count = (labels: string) => {
    const [, value] = new RegExp(`^http_requests_total\\{[^}]*${labels}[^}]*\\} (\\d+)$`, 'm').exec(text) ?? []
    return Number(value)
  }
  assert.equal(count('method="GET",endpoint="/v1/users/me",status="200"'), 2)
  assert.equal(count('method="GET",endpoint="/v1/users/me",status="502"'), 1)
  assert.equal(count('method="GET",endpoint="unmatched",status="404"'), 1)
  assert.equal(count('method="unknown",endpoint="unmatched",status="400"'), 1)
  assert.match(text, /^bulkhead_in_use\{[^}]*dependency="upstream:auth-service"[^}]*\} 0$/m)
})

test('redis is one more check where it is configured, and not a required one', async (t) => {
  const server = await ownRedisServer(t)
  const { host: redisHost, port: redisPort, username: redisUsername, password: redisPassword } = server
  const redis = { redisHost, redisPort, redisUsername, redisPassword, redisCluster: false, redisTlsCa: undefined }
  const gateway = await startGateway(t, { platform: { openKv: (observers) => connectKv({ ...redis, ...observers }) } })
  const { checks } = await readJson(await fetch(`${gateway.address}/health`))
  assert.deepEqual([checks.redis.status, checks.redis.required], ['up', false])
})
