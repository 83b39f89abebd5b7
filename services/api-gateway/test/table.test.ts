import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, type Operation, operations } from '@secureconnect/protocol'
import { scale } from '@secureconnect/test/helpers'
import fc from 'fast-check'
import { Type } from 'typebox'
import { sendRaw } from './raw-connection.ts'
import { startGateway, startUpstream, type Upstream } from './test-gateway.ts'

const hex = '[0-9a-f]'
const uuid = `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`
const Id = Type.Object({ item_id: Type.String({ pattern: `^${uuid}$` }) })
const Part = Type.Object({ ...Id.properties, part: Type.String({ minLength: 1, maxLength: 20 }) })
const answer = { 200: Type.Object({}) }

/** Operations of every shape of path. */
const items = Object.values(
  operations('chat-service', {
    list: { name: 'items.list', summary: '', method: 'GET', path: '/v1/items', caller: 'user', answer },
    find: {
      name: 'items.find',
      summary: '',
      method: 'GET',
      path: '/v1/items/:item_id',
      caller: 'user',
      params: Id,
      answer,
    },
    edit: {
      name: 'items.edit',
      summary: '',
      method: 'PATCH',
      path: '/v1/items/:item_id',
      caller: 'user',
      params: Id,
      answer,
    },
    latest: { name: 'items.latest', summary: '', method: 'GET', path: '/v1/items/latest', caller: 'user', answer },
    part: {
      name: 'items.part',
      summary: '',
      method: 'PUT',
      path: '/v1/items/:item_id/parts/:part',
      caller: 'user',
      params: Part,
      answer,
    },
  }),
)

/** What a parameter may look like once it is encoded again; written anew here, so as not to believe the product. */
function shapeOf({ params }: Operation, name: string): string {
  const pattern: unknown = Reflect.get(params?.properties[name] ?? {}, 'pattern')
  return typeof pattern === 'string' ? pattern.replace(/^\^|\$$/g, '') : "(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2})+"
}

function namesIt(operation: Operation, { method, url }: { method: string; url: string }): boolean {
  const pattern = operation.path.replaceAll('.', '\\.').replace(/:(\w+)/g, (_, name) => shapeOf(operation, name))
  return operation.method === method && new RegExp(`^${pattern}(?:\\?[!-~]*)?$`).test(url)
}

const anId = '0190a000-0000-7000-8000-000000000001'
const segment = fc.oneof(
  fc.constantFrom('v1', 'auth', 'users', 'me', 'login', 'items', 'latest', 'parts', anId, anId.toUpperCase()),
  fc.constantFrom('.', '..', '', '%2e%2e', '..%2f', '%2f', ';a=b', '\\', '%5c', '%00', '%', '%252e', '*', ':item_id'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map(encodeURIComponent),
)
const madeUpPath = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`)
const query = fc.oneof(
  fc.constant(''),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `?${text}`),
)
const method = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
  fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PURGE', 'LINK', 'get', 'GET\t', 'QUERY'),
)
const header = fc.tuple(
  fc.constantFrom(
    'X-Original-URL',
    'X-HTTP-Method-Override',
    'X-Rewrite-URL',
    'Upgrade',
    'Connection',
    'Host',
    'Cookie',
  ),
  fc.oneof(fc.constantFrom('DELETE', '/v1/admin', 'websocket', 'Upgrade', 'h2c'), fc.string({ maxLength: 20 })),
)

/** Requests around a table: some as it has them, others nearly so, others made up. */
function requestsAround(table: readonly Operation[]) {
  const known = fc
    .constantFrom(...table)
    .map(({ method, path }) => ({ method, path: path.replace(':part', 'a%20b').replace(/:\w+/g, anId) }))
  const brokenPath = fc
    .tuple(known, fc.nat(40), segment)
    .map(([{ path }, at, put]) => path.slice(0, at) + put + path.slice(at))
  const path = fc.oneof(
    known.map(({ path }) => path),
    brokenPath,
    madeUpPath,
  )
  const toTarget = (path: string, rest: string) => Buffer.from(path + rest).toString('latin1')
  return fc
    .record({ asked: fc.oneof(known, fc.record({ method, path })), query, headers: fc.array(header, { maxLength: 4 }) })
    .map(({ asked, query, headers }) => ({ method: asked.method, target: toTarget(asked.path, query), headers }))
}

type MadeUp = { method: string; target: string; headers: [string, string][] }

function send(port: number, { method, target, headers }: MadeUp) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return sendRaw(port, `${method} ${target} HTTP/1.1\r\nHost: gateway\r\n${lines}Connection: close\r\n\r\n`)
}

/** Whatever is asked, the upstream sees what the table names or nothing; says how often it saw something. */
async function countForwarded(port: number, upstream: Upstream, table: readonly Operation[]): Promise<number> {
  let forwarded = 0
  const property = fc.asyncProperty(requestsAround(table), async (request) => {
    upstream.received.length = 0
    const { status, text } = await send(port, request)
    assert.ok(status >= 200 && status < 500, text)
    for (const seen of upstream.received) {
      assert.equal(seen.method, request.method)
      assert.ok(
        table.some((operation) => namesIt(operation, seen)),
        seen.url,
      )
    }
    assert.ok(upstream.received.length <= 1)
    forwarded += upstream.received.length
  })
  await fc.assert(property, { numRuns: scale(10_000) })
  return forwarded
}

test('whatever is asked, an upstream sees only what the operations table names', async (t) => {
  const upstream = await startUpstream(t)
  const { port } = await startGateway(t, { upstream })
  assert.ok((await countForwarded(port, upstream, allOperations)) > 0)
})

test('the same with parameters in the paths: each is one segment of the shape its operation allows', async (t) => {
  const upstream = await startUpstream(t)
  const { port } = await startGateway(t, { upstream, table: items })
  assert.ok((await countForwarded(port, upstream, items)) > 0)
})

test('a parameter reaches the upstream as it was meant, and a fixed path goes before one', async (t) => {
  const upstream = await startUpstream(t)
  const { address } = await startGateway(t, { upstream, table: items })
  const ask = async (path: string, method = 'GET') => (await fetch(address + path, { method })).status
  assert.equal(await ask('/v1/items/latest'), 200)
  assert.equal(await ask(`/v1/items/${anId}/parts/a%20%C3%A9%3F%3d`, 'PUT'), 200)
  assert.equal(await ask(`/v1/items/${anId.toUpperCase()}`), 400)
  assert.equal(await ask(`/v1/items/${anId}/parts/${'a'.repeat(21)}`, 'PUT'), 400)
  const urls = upstream.received.map(({ url }) => url)
  assert.deepEqual(urls, ['/v1/items/latest', `/v1/items/${anId}/parts/a%20%C3%A9%3F%3D`])
})

test('the cookie, which is the refresh token, reaches auth-service and nobody else', async (t) => {
  const upstream = await startUpstream(t)
  const { address } = await startGateway(t, { upstream, table: [...items, ...allOperations] })
  for (const path of ['/v1/users/me', '/v1/items']) await fetch(address + path, { headers: { cookie: 'a=1' } })
  assert.deepEqual(
    upstream.received.map(({ url, headers }) => [url, headers.cookie]),
    [
      ['/v1/users/me', 'a=1'],
      ['/v1/items', undefined],
    ],
  )
})

test('an operation that does not say what its parameters may be cannot be mounted', async (t) => {
  const path = '/v1/items/:item_id'
  const { loose } = operations('chat-service', {
    loose: { name: 'items.loose', summary: '', method: 'GET', path, caller: 'user', answer },
  })
  await assert.rejects(startGateway(t, { table: [loose] }), /items\.loose does not say what item_id may be/)
})
