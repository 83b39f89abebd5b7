import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, type TestContext, test } from 'node:test'
import { ConfigError, parseConfig } from '@secureconnect/config'
import { calls } from '@secureconnect/protocol'
import { freePort } from '@secureconnect/test/stack'
import { settings } from '../src/index.ts'
import { openSocket, readRefusal, startSocketUpstream } from './socket-upstream.ts'
import { startGateway, startUpstream } from './test-gateway.ts'

const path = '/v1/ws/signaling'

/** A gateway of two nodes that are there and one that is not, and video-service at large. */
async function start(t: TestContext) {
  const [usual, first, second] = [
    await startSocketUpstream(t),
    await startSocketUpstream(t),
    await startSocketUpstream(t),
  ]
  const nodes = `video-1=${first.url}, video-2=${second.url},video-3=http://127.0.0.1:${await freePort()}`
  return { usual, first, second, gateway: await startGateway(t, { upstream: usual, env: { VIDEO_NODES: nodes } }) }
}

test('a socket of calls goes to the node that it names, on both paths, and elsewhere where it names none', async (t) => {
  const { usual, first, second, gateway } = await start(t)
  for (const [target, at] of [
    [`${path}?node=video-1`, first],
    ['/v1/calls/ws/signaling?node=video-2', second],
    [`${path}?ticket=x&node=video-2`, second],
    [path, usual],
    // Conversations live on no node.
    ['/v1/ws/chat?node=video-1', usual],
  ] as const) {
    await once(openSocket(t, gateway, { path: target }), 'open')
    assert.ok(at.openings.at(-1)?.url?.startsWith(target.split('?')[0] ?? ''), target)
  }
  assert.deepEqual([first.openings.length, second.openings.length, usual.openings.length], [1, 2, 2])
})

test('a node that nobody knows, that is no name, that is named twice or that is away opens no socket', async (t) => {
  const { usual, first, second, gateway } = await start(t)
  for (const [query, status, code] of [
    ['node=video-4', 404, 'NOT_FOUND'],
    ['node=', 400, 'VALIDATION_ERROR'],
    ['node=VIDEO-1', 400, 'VALIDATION_ERROR'],
    ['node=http://video-1:8083', 400, 'VALIDATION_ERROR'],
    [`node=${'v'.repeat(64)}`, 400, 'VALIDATION_ERROR'],
    ['node=video-1&node=video-2', 400, 'VALIDATION_ERROR'],
    ['node=video-3', 503, 'SERVICE_UNAVAILABLE'],
  ] as const) {
    const refusal = await readRefusal(openSocket(t, gateway, { path: `${path}?${query}` }))
    assert.deepEqual([refusal.status, JSON.parse(refusal.body).error.code], [status, code], query)
    if (status === 503) assert.match(refusal.headers['retry-after'] ?? '', /^[1-9]\d*$/)
  }
  assert.deepEqual(
    [first, second, usual].map(({ openings }) => openings.length),
    [0, 0, 0],
  )
  assert.equal((await fetch(`${gateway.address}/ready`)).status, 200)
})

test('where there is but one video-service it serves every node', async (t) => {
  const upstream = await startSocketUpstream(t)
  const gateway = await startGateway(t, { upstream })
  await once(openSocket(t, gateway, { path: `${path}?node=video-1` }), 'open')
  const refusal = await readRefusal(openSocket(t, gateway, { path: `${path}?node=../admin` }))
  assert.deepEqual([refusal.status, upstream.openings.length], [400, 1])
})

suite('what is asked of calls over REST', () => {
  const json = { 'content-type': 'application/json' }
  const begin = { method: 'POST', body: '{}', headers: json }

  /** A gateway of a usual video-service and a node, of which `usual` says where the first is. */
  async function startPair(t: TestContext, usual: string) {
    const [others, node] = [await startUpstream(t), await startUpstream(t)]
    const env = { VIDEO_URL: usual, VIDEO_NODES: `video-1=${usual},video-2=${node.url}` }
    const { address } = await startGateway(t, { upstream: others, env })
    return { others, node, ask: (path: string, init = {}) => fetch(`${address}${path}`, init) }
  }

  test('goes to another node where the usual one is away, and other services go nowhere else', async (t) => {
    const { others, node, ask } = await startPair(t, `http://127.0.0.1:${await freePort()}`)
    for (let asked = 0; asked < 3; asked += 1) {
      assert.equal((await ask(calls.list.path)).status, 200)
      assert.equal((await ask(calls.initiate.path, begin)).status, 200)
    }
    assert.deepEqual(
      node.received.map(({ method, body }) => `${method} ${body}`),
      Array(3).fill(['GET ', 'POST {}']).flat(),
    )
    assert.equal(others.received.length, 0)
    assert.equal((await ask('/v1/users/me')).status, 200)
    assert.equal(others.received.length, 1)
  })

  test('is brought there whole, also where it comes bit by bit, and within its limit', async (t) => {
    const { node, ask } = await startPair(t, `http://127.0.0.1:${await freePort()}`)
    const slowly = async function* (parts: readonly string[]) {
      for (const part of parts) {
        yield Buffer.from(part)
        await new Promise((later) => setTimeout(later, 10))
      }
    }
    const streamed = (parts: readonly string[]) =>
      ask(calls.initiate.path, { ...begin, body: ReadableStream.from(slowly(parts)), duplex: 'half' })
    assert.equal((await streamed(['{"a":', '1}'])).status, 200)
    assert.equal((await streamed(Array(20).fill('x'.repeat(calls.initiate.bodyLimit / 10)))).status, 413)
    assert.deepEqual(
      node.received.map(({ body }) => body),
      ['{"a":1}'],
    )
  })

  test('is asked of nobody else once it was sent, nor where the usual one is there', async (t) => {
    const usual = await startUpstream(t)
    const { node, ask } = await startPair(t, usual.url)
    assert.equal((await ask(calls.initiate.path, begin)).status, 200)
    usual.answer = (request) => void request.socket.destroy()
    assert.equal((await ask(calls.initiate.path, begin)).status, 502)
    assert.deepEqual([usual.received.length, node.received.length], [2, 0])
  })
})

test('a socket that names no node is opened at another one where the usual one is away', async (t) => {
  const node = await startSocketUpstream(t)
  const VIDEO_URL = `http://127.0.0.1:${await freePort()}`
  const gateway = await startGateway(t, { upstream: node, env: { VIDEO_URL, VIDEO_NODES: `video-2=${node.url}` } })
  await once(openSocket(t, gateway, { path }), 'open')
  assert.equal(node.openings.length, 1)
})

test('a list of nodes with a fault is refused at the start', () => {
  for (const VIDEO_NODES of ['video-1', 'video-1=', 'Video 1=http://video-1:8083', 'video-1=ftp://video-1']) {
    assert.throws(() => parseConfig(settings, { env: { VIDEO_NODES } }), ConfigError, VIDEO_NODES)
  }
})
