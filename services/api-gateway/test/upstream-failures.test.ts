import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { allOperations } from '@secureconnect/protocol'
import { readJson } from '@secureconnect/test/helpers'
import { faultProxy, freePort } from '@secureconnect/test/stack'
import { answerOk, type Gateway, portOf, startGateway, startUpstream } from './test-gateway.ts'
import { trials } from './trials.ts'

const table = [...allOperations, ...trials]
const json = { 'content-type': 'application/json' }
const post = { method: 'POST', body: '{}', headers: json }

/** A gateway whose chat-service stands behind a faulty line, and whose other services are well. */
async function startFaulty(t: TestContext) {
  const upstream = await startUpstream(t)
  const others = await startUpstream(t)
  const proxy = await faultProxy(t, { host: '127.0.0.1', port: portOf(upstream.server) })
  const env = { CHAT_URL: `http://127.0.0.1:${proxy.port}` }
  const gateway = await startGateway(t, { upstream: others, env, table })
  return { upstream, proxy, gateway, trial: `${gateway.address}/v1/trial` }
}

function chatOf({ context }: Gateway) {
  const chat = context.upstreams.get('chat-service')
  assert.ok(chat)
  return chat
}

async function readMetric({ context }: Gateway, name: string, labels: Readonly<Record<string, string>>) {
  const metric = await context.metrics.registry.getSingleMetric(name)?.get()
  const isAsked = (own: object) => Object.entries(labels).every(([key, value]) => Reflect.get(own, key) === value)
  return metric?.values.find((one) => isAsked(one.labels))?.value
}

async function assertRefused(response: Response, status: number, code: string): Promise<void> {
  const body = await readJson(response)
  assert.deepEqual([response.status, body.success, body.error.code], [status, false, code])
  assert.equal(body.meta.request_id, response.headers.get('x-request-id'))
  if (status === 503) assert.match(response.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
}

test('a service that is not there is 503 at once, and the others go on', async (t) => {
  const others = await startUpstream(t)
  const env = { CHAT_URL: `http://127.0.0.1:${await freePort()}` }
  const { address } = await startGateway(t, { upstream: others, env, table })
  const startedAt = performance.now()
  await assertRefused(await fetch(`${address}/v1/trial`), 503, 'SERVICE_UNAVAILABLE')
  await assertRefused(await fetch(`${address}/v1/trial`, post), 503, 'SERVICE_UNAVAILABLE')
  assert.ok(performance.now() - startedAt < 1_000)
  assert.equal((await fetch(`${address}/v1/users/me`)).status, 200)
  assert.equal((await fetch(`${address}/ready`)).status, 200)
  const { status, checks } = await readJson(await fetch(`${address}/health`))
  assert.deepEqual([status, checks['chat-service'].status, checks['auth-service'].status], ['degraded', 'down', 'up'])
})

test('only what changes nothing is tried again, once, and only when nobody had been reached', async (t) => {
  const env = { CHAT_URL: `http://127.0.0.1:${await freePort()}` }
  const gateway = await startGateway(t, { env, table })
  const retries = () => readMetric(gateway, 'retries_total', { dependency: 'chat-service' })
  await fetch(`${gateway.address}/v1/trial`, post)
  assert.equal((await retries()) ?? 0, 0)
  await fetch(`${gateway.address}/v1/trial`)
  assert.equal(await retries(), 1)
})

test('a connection that is cut in the middle of an answer breaks it off', async (t) => {
  const { upstream, proxy, trial } = await startFaulty(t)
  upstream.answer = (_request, response) => response.writeHead(200, json).end('x'.repeat(100_000))
  proxy.cutAfter(50_000)
  const response = await fetch(trial)
  assert.equal(response.status, 200)
  await assert.rejects(response.text(), /terminated/)
  await proxy.heal()
  assert.equal((await (await fetch(trial)).text()).length, 100_000)
})

test('a service that hangs is 504 at the deadline, and is left alone then', async (t) => {
  const { upstream, gateway } = await startFaulty(t)
  for (const init of [{}, post]) {
    const left = Promise.withResolvers<void>()
    upstream.answer = (_request, response) => void response.once('close', left.resolve)
    const startedAt = performance.now()
    await assertRefused(await fetch(`${gateway.address}/v1/hurried`, init), 504, 'REQUEST_TIMEOUT')
    assert.ok(performance.now() - startedAt >= 390)
    await left.promise
  }
  assert.equal(chatOf(gateway).breaker.state, 'closed')
})

test('a line that lets nothing through is 504 at the deadline, then 503 once two probes have found it', async (t) => {
  const { proxy, gateway, trial } = await startFaulty(t)
  assert.equal((await fetch(trial)).status, 200)
  proxy.freeze()
  await assertRefused(await fetch(`${gateway.address}/v1/hurried`), 504, 'REQUEST_TIMEOUT')
  await chatOf(gateway).probe.checkNow()
  await chatOf(gateway).probe.checkNow()
  const startedAt = performance.now()
  await assertRefused(await fetch(trial), 503, 'SERVICE_UNAVAILABLE')
  assert.ok(performance.now() - startedAt < 1_000)
  assert.equal((await fetch(`${gateway.address}/v1/users/me`)).status, 200)
})

test('a service that keeps breaking off is left alone for a while, and served again when it is back', async (t) => {
  const { upstream, gateway, trial } = await startFaulty(t)
  const { breaker } = chatOf(gateway)
  upstream.answer = (request) => void request.socket.destroy()
  for (let asked = 0; asked < 20; asked++) await assertRefused(await fetch(trial), 502, 'UPSTREAM_ERROR')
  assert.equal(breaker.state, 'open')
  assert.equal(await readMetric(gateway, 'circuit_breaker_state', { dependency: 'upstream:chat-service' }), 2)
  await assertRefused(await fetch(trial), 503, 'SERVICE_UNAVAILABLE')
  assert.equal(upstream.received.length, 20)
  upstream.answer = answerOk
  await gateway.untilLogged(({ dependency, message }) => {
    return dependency === 'upstream:chat-service' && /is back/.test(String(message))
  })
  assert.equal((await fetch(trial)).status, 200)
})

test('a service gets so many requests at once and no more; the rest wait a little or get 503', async (t) => {
  const { upstream, gateway } = await startFaulty(t)
  const held: ServerResponse[] = []
  const isFull = Promise.withResolvers<void>()
  let isReleased = false
  upstream.answer = (request, response) => {
    if (isReleased) return answerOk(request, response)
    held.push(response)
    if (held.length === 64) isFull.resolve()
  }
  const patient = `${gateway.address}/v1/patient`
  const asked = Array.from({ length: 350 }, () => fetch(patient))
  await isFull.promise
  await assertRefused(await Promise.any(asked), 503, 'CAPACITY')
  assert.equal((await fetch(`${gateway.address}/v1/users/me`)).status, 200, 'other services have room of their own')
  assert.equal(held.length, 64)
  isReleased = true
  for (const response of held) response.setHeader('content-type', 'application/json').end('{}')
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  assert.deepEqual([...new Set(statuses)].sort(), [200, 503])
  assert.ok(statuses.filter((status) => status === 503).length >= 350 - 64 - 256)
  const left = upstream.received.map(({ headers }) => Number(headers['x-request-deadline']))
  assert.ok(left.every((ms) => ms > 0 && ms <= 60_000))
  assert.equal((await fetch(patient)).status, 200)
})

test('the deadline travels: what a request has waited is taken off', async (t) => {
  const { upstream, gateway } = await startFaulty(t)
  const held: ServerResponse[] = []
  upstream.answer = (_request, response) => void held.push(response)
  const first = Array.from({ length: 64 }, () => fetch(`${gateway.address}/v1/patient`))
  const untilInside = async (count: number) => {
    while ((await readMetric(gateway, 'http_requests_in_flight', {})) !== count) await delay(5)
  }
  await untilInside(64)
  const waits = fetch(`${gateway.address}/v1/hurried`)
  await untilInside(65)
  await delay(150)
  upstream.answer = answerOk
  for (const response of held) answerOk(response.req, response)
  assert.equal((await waits).status, 200)
  const left = Number(upstream.received.at(-1)?.headers['x-request-deadline'])
  assert.ok(left > 0 && left <= 400 - 140, `${left} ms`)
  await Promise.all(first)
})
