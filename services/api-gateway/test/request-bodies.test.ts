import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { readJson } from '@secureconnect/test/helpers'
import { openConnection, readUntil, sendRaw } from './raw-connection.ts'
import { answerOk, startGateway, startUpstream } from './test-gateway.ts'
import { trials } from './trials.ts'

async function start(t: TestContext) {
  const upstream = await startUpstream(t)
  return { upstream, gateway: await startGateway(t, { upstream, table: trials }) }
}

const json = { 'content-type': 'application/json' }
const head = (length: string, path = '/v1/trial') =>
  `POST ${path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n${length}\r\n\r\n`

/** Waits until a count has not grown for a while: whoever makes it grow is being held back. */
async function untilStill(count: () => number): Promise<number> {
  for (let before = -1; before !== count(); await new Promise((resolve) => setTimeout(resolve, 200))) before = count()
  return count()
}

test('a body arrives byte by byte as it was sent, with its length', async (t) => {
  const { upstream, gateway } = await start(t)
  const body = JSON.stringify({ text: randomBytes(40_000).toString('base64') })
  const { status } = await fetch(`${gateway.address}/v1/trial`, { method: 'POST', body, headers: json })
  assert.equal(status, 200)
  assert.equal(upstream.received[0]?.body, body)
  assert.equal(upstream.received[0]?.headers['content-length'], `${body.length}`)
})

test('a body of exactly the limit is taken, one byte more is not', async (t) => {
  const { upstream, gateway } = await start(t)
  const send = async (bytes: number) => {
    const init = { method: 'POST', body: 'a'.repeat(bytes), headers: json }
    return fetch(`${gateway.address}/v1/trial`, init)
  }
  assert.equal((await send(limits.bodyBytes)).status, 200)
  const refused = await send(limits.bodyBytes + 1)
  assert.equal(refused.status, 413)
  assert.equal((await readJson(refused)).error.code, 'PAYLOAD_TOO_LARGE')
  assert.equal(upstream.received.length, 1)
})

test('a body announced as too long is refused before any of it, and its connection ends', async (t) => {
  const { upstream, gateway } = await start(t)
  const { status, headers } = await sendRaw(gateway.port, head('Content-Length: 1000000000'))
  assert.deepEqual([status, headers.connection], [413, 'close'])
  assert.equal(upstream.received.length, 0)
})

test('a body that turns out too long is refused on its way, and its connection ends', async (t) => {
  const { upstream, gateway } = await start(t)
  const ended = Promise.withResolvers<void>()
  upstream.answer = (request) => void request.on('error', () => undefined).once('close', ended.resolve)
  const socket = await openConnection(t, gateway)
  socket.on('error', () => undefined)
  socket.write(`${head('Transfer-Encoding: chunked')}10000\r\n${'a'.repeat(65_536)}\r\n`)
  socket.write('1\r\na\r\n')
  const text = await readUntil(socket, () => false)
  assert.match(text, /^HTTP\/1\.1 413 /)
  assert.match(text, /PAYLOAD_TOO_LARGE/)
  await ended.promise
  assert.equal(upstream.received[0]?.isWhole, false)
})

test('whatever is not JSON is refused with 415', async (t) => {
  const { upstream, gateway } = await start(t)
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', '']
  for (const type of types) {
    const init = { method: 'POST', body: Buffer.from('{}'), headers: { 'content-type': type } }
    const response = await fetch(`${gateway.address}/v1/trial`, init)
    assert.equal(response.status, 415, type)
    assert.equal((await readJson(response)).error.code, 'UNSUPPORTED_MEDIA_TYPE')
  }
  for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json ;a=b']) {
    const init = { method: 'POST', body: '{}', headers: { 'content-type': type } }
    assert.equal((await fetch(`${gateway.address}/v1/trial`, init)).status, 200, type)
  }
  assert.equal(upstream.received.length, 3)
})

test('no body and an empty one are the same, and need no type', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const length of ['Content-Length: 0', 'X-None: 1']) {
    const { status } = await sendRaw(gateway.port, head(`${length}\r\nConnection: close`))
    assert.equal(status, 200)
  }
  const seen = upstream.received.map(({ headers, body }) => [headers['content-length'], body])
  assert.deepEqual(seen, [
    ['0', ''],
    ['0', ''],
  ])
})

test('a body that comes too slowly meets the deadline: 504, and the upstream learns of it', async (t) => {
  const { upstream, gateway } = await start(t)
  const ended = Promise.withResolvers<void>()
  upstream.answer = (request) => void request.on('error', () => undefined).once('close', ended.resolve)
  const { status, body, headers } = await sendRaw(gateway.port, `${head('Content-Length: 10', '/v1/hurried')}{`)
  assert.deepEqual([status, JSON.parse(body).error.code, headers.connection], [504, 'REQUEST_TIMEOUT', 'close'])
  await ended.promise
})

test('clients that leave half-way end the request upstream, and count against nobody', async (t) => {
  const { upstream, gateway } = await start(t)
  for (let left = 0; left < 25; left++) {
    const began = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    upstream.answer = (request) => {
      request.on('error', () => undefined).once('data', () => began.resolve())
      request.once('close', ended.resolve)
    }
    const socket = await openConnection(t, gateway)
    socket.write(`${head('Content-Length: 10')}{`)
    await began.promise
    socket.destroy()
    await ended.promise
  }
  assert.equal(gateway.context.upstreams.get('chat-service')?.breaker.state, 'closed')
  upstream.answer = answerOk
  assert.equal((await fetch(`${gateway.address}/v1/trial`)).status, 200)
})

test('clients that leave while they wait end the request upstream', async (t) => {
  const { upstream, gateway } = await start(t)
  const began = Promise.withResolvers<ServerResponse>()
  upstream.answer = (_request, response) => began.resolve(response)
  const socket = await openConnection(t, gateway)
  socket.write('GET /v1/trial HTTP/1.1\r\nHost: gateway\r\n\r\n')
  const response = await began.promise
  const closed = once(response, 'close')
  socket.destroy()
  await closed
})

test('an answer that comes before the body was read reaches its client, however long the body', async (t) => {
  const { upstream, gateway } = await start(t)
  upstream.answer = (_request, response) => {
    response.writeHead(403, json).end('{"success":false}')
  }
  for (const rest of ['a', 'a'.repeat(1_000_000)]) {
    const socket = await openConnection(t, gateway)
    socket.on('error', () => undefined)
    socket.write(head('Content-Length: 100000000', '/v1/patient'))
    socket.write(rest)
    assert.match(await readUntil(socket, () => false), /^HTTP\/1\.1 403 .*"success":false/s)
  }
  upstream.answer = answerOk
  assert.equal((await fetch(`${gateway.address}/v1/trial`)).status, 200)
})

test('a client that asks first is told to go on, and the upstream is not asked again', async (t) => {
  const { upstream, gateway } = await start(t)
  const socket = await openConnection(t, gateway)
  socket.write(head('Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close'))
  const invitation = await readUntil(socket, (text) => text.endsWith('\r\n\r\n'))
  assert.match(invitation, /^HTTP\/1\.1 100 Continue/)
  socket.write('{}')
  assert.match(await readUntil(socket, () => false), /^HTTP\/1\.1 200 /)
  assert.equal(upstream.received[0]?.body, '{}')
  assert.equal(upstream.received[0]?.headers.expect, undefined)
})

test('a download begins before it ends, and a client that stops reading stops the upstream', async (t) => {
  const { upstream, gateway } = await start(t)
  const block = randomBytes(256 * 1_024)
  const closed = Promise.withResolvers<void>()
  let written = 0
  upstream.answer = (_request, response) => {
    const write = () => {
      let isFlowing = true
      while (isFlowing && !response.destroyed) {
        isFlowing = response.write(block)
        written += block.length
      }
    }
    response.on('drain', write).on('close', closed.resolve)
    write()
  }
  const socket = await openConnection(t, gateway)
  socket.write('GET /v1/patient HTTP/1.1\r\nHost: gateway\r\n\r\n')
  await readUntil(socket, (text) => text.includes('\r\n\r\n'))
  socket.pause()
  assert.ok((await untilStill(() => written)) < 64 * 1_024 * 1_024, `${written} bytes`)
  const before = written
  const goesOn = readUntil(socket, (text) => text.length > before)
  socket.resume()
  await goesOn
  socket.destroy()
  await closed.promise
})

test('an upload reaches the upstream as it comes, and an upstream that stops reading stops its client', async (t) => {
  const { upstream, gateway } = await start(t)
  const arrived = Promise.withResolvers<IncomingMessage>()
  let read = 0
  upstream.answer = (request, response) => {
    request.once('data', () => arrived.resolve(request.pause()))
    request.on('data', (chunk) => {
      read += chunk.length
    })
    request.once('end', () => answerOk(request, response))
  }
  const socket = await openConnection(t, gateway)
  const total = 200 * 1_024 * 1_024
  socket.write(`${head(`Content-Length: ${total}`, '/v1/patient')}{}`)
  const request = await arrived.promise
  const block = Buffer.alloc(256 * 1_024, 'a')
  let written = 2
  const write = () => {
    let isFlowing = true
    while (isFlowing && written < total) {
      const part = block.subarray(0, total - written)
      isFlowing = socket.write(part)
      written += part.length
    }
  }
  socket.on('drain', write)
  write()
  assert.ok((await untilStill(() => written)) < 64 * 1_024 * 1_024, `${written} bytes`)
  request.resume()
  assert.match(await readUntil(socket, (text) => text.includes('true')), /^HTTP\/1\.1 200 /)
  assert.equal(read, total)
})
