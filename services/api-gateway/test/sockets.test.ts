import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { faultProxy } from '@secureconnect/test/stack'
import type { WebSocket } from 'ws'
import { openConnection, readUntil } from './raw-connection.ts'
import { chatPath, openPair, openSocket, receive, startSocketUpstream } from './socket-upstream.ts'
import { type Gateway, startGateway } from './test-gateway.ts'

async function start(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const upstream = await startSocketUpstream(t)
  return { upstream, gateway: await startGateway(t, { upstream, env }) }
}

async function countOpen({ context }: Gateway): Promise<number | undefined> {
  return (await context.metrics.websocketConnections.get()).values[0]?.value
}

async function untilOpen(gateway: Gateway, count: number): Promise<void> {
  while ((await countOpen(gateway)) !== count) await delay(5)
}

const opening = [
  `GET ${chatPath} HTTP/1.1`,
  'Host: gateway',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n')
/** A text frame of a client, masked with zeros, and of a service. */
const maskedHi = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
const hi = Buffer.from([0x81, 0x02, 0x68, 0x69])

test('text and binary messages pass in both directions as they are, up to large ones', async (t) => {
  const { upstream, gateway } = await start(t)
  const { client, service } = await openPair(t, gateway, upstream)
  const messages = [
    '',
    'Grüße 👋',
    Buffer.from([0, 255, 128]),
    randomBytes(200),
    randomBytes(70_000),
    randomBytes(5_000_000),
  ]
  for (const [from, to] of [
    [client, service],
    [service, client],
  ] as const) {
    for (const message of messages) {
      const received = receive(to)
      from.send(message)
      const { data, isBinary } = await received
      assert.deepEqual([isBinary, data.equals(Buffer.from(message))], [typeof message !== 'string', true])
    }
  }
})

test('many messages in both directions at once keep their order', async (t) => {
  const { upstream, gateway } = await start(t)
  const { client, service } = await openPair(t, gateway, upstream)
  const collect = (ws: WebSocket) => {
    const { promise, resolve } = Promise.withResolvers<number[]>()
    const numbers: number[] = []
    ws.on('message', (data) => numbers.push(Number(data)) === 2_000 && resolve(numbers))
    return promise
  }
  const expected = Array.from({ length: 2_000 }, (_, index) => index)
  const [atClient, atService] = [collect(client), collect(service)]
  for (const number of expected) {
    client.send(`${number}`)
    service.send(`${number}`)
  }
  assert.deepEqual([await atClient, await atService], [expected, expected])
})

test('an opening and frames that come byte by byte are a socket like any other', async (t) => {
  const { upstream, gateway } = await start(t)
  const socket = await openConnection(t, gateway)
  socket.setNoDelay(true)
  for (const byte of opening) socket.write(byte)
  await readUntil(socket, (text) => text.endsWith('\r\n\r\n'))
  const [service] = upstream.sockets
  assert.ok(service)
  const received = receive(service)
  for (const byte of maskedHi) socket.write(Buffer.from([byte]))
  assert.equal(`${(await received).data}`, 'hi')
})

test('what a service sends with its consent reaches the client', async (t) => {
  const { upstream, gateway } = await start(t)
  upstream.answer = (_request, socket) => {
    const consent =
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Internal: x\r\n\r\n'
    socket.write(Buffer.concat([Buffer.from(consent), hi]))
  }
  const socket = await openConnection(t, gateway)
  socket.write(opening)
  const text = await readUntil(socket, (sofar) => sofar.includes('hi'))
  assert.match(text, /^HTTP\/1\.1 101 /)
  assert.doesNotMatch(text, /x-internal/i)
  assert.ok(text.endsWith(`\r\n\r\n${hi.toString('latin1')}`))
})

test('what a client sends before it has its consent reaches the service after it', async (t) => {
  const { upstream, gateway } = await start(t)
  const arrived = Promise.withResolvers<() => void>()
  upstream.answer = (_request, _socket, accept) => arrived.resolve(accept)
  const socket = await openConnection(t, gateway)
  socket.write(opening)
  const accept = await arrived.promise
  await new Promise((done) => socket.write(maskedHi, done))
  accept()
  const [service] = upstream.sockets
  assert.ok(service)
  assert.equal(`${(await receive(service)).data}`, 'hi')
})

test('bytes that come along with the opening are refused, and reach nobody', async (t) => {
  const { upstream, gateway } = await start(t)
  const smuggled = 'GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\r\n'
  for (const rest of [maskedHi, Buffer.from(smuggled)]) {
    const socket = await openConnection(t, gateway)
    socket.write(Buffer.concat([Buffer.from(opening), rest]))
    assert.match(await readUntil(socket, () => false), /^HTTP\/1\.1 400 .*"VALIDATION_ERROR"/s)
  }
  assert.equal(upstream.openings.length, 0)
})

async function writeUntilHeld(from: Socket): Promise<number> {
  const block = Buffer.alloc(256 * 1_024)
  let written = 0
  const write = () => {
    while (!from.destroyed && from.write(block)) written += block.length
  }
  from.on('drain', write)
  write()
  for (let before = -1; before !== written; await delay(200)) before = written
  from.off('drain', write)
  return written
}

test('a side that stops reading stops the other, and memory stays bounded', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const writer of ['client', 'service'] as const) {
    const ended = Promise.withResolvers<void>()
    const sides: Partial<Record<'client' | 'service', Socket>> = {}
    upstream.answer = (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.once('end', () => socket.end()).once('close', ended.resolve)
      sides.service = socket
    }
    sides.client = await openConnection(t, gateway)
    sides.client.write(opening)
    await readUntil(sides.client, (text) => text.endsWith('\r\n\r\n'))
    sides.client.pause()
    sides.service?.pause()
    const from = sides[writer]
    assert.ok(from)
    const written = await writeUntilHeld(from)
    assert.ok(written < 64 * 1_024 * 1_024, `${written} bytes`)
    sides.client.destroy()
    sides.service?.resume()
    await ended.promise
  }
  await untilOpen(gateway, 0)
})

test('close codes and reasons pass in both directions', async (t) => {
  const { upstream, gateway } = await start(t)
  for (const [code, reason] of [
    [1000, ''],
    [1012, 'reconnect'],
    [4401, 'Sitzung beendet'],
  ] as const) {
    for (const closer of ['client', 'service'] as const) {
      const { client, service } = await openPair(t, gateway, upstream)
      const sides = { client, service }
      const closed = once(sides[closer === 'client' ? 'service' : 'client'], 'close')
      sides[closer].close(code, reason)
      const [seenCode, seenReason] = await closed
      assert.deepEqual([seenCode, `${seenReason}`], [code, reason])
    }
  }
  await untilOpen(gateway, 0)
})

test('whichever side dies, the other learns of it', async (t) => {
  const { upstream, gateway } = await start(t)
  const first = await openPair(t, gateway, upstream)
  const serviceLeft = once(first.service, 'close')
  first.client.terminate()
  assert.equal((await serviceLeft)[0], 1006)
  const second = await openPair(t, gateway, upstream)
  const clientLeft = once(second.client, 'close')
  second.service.terminate()
  assert.equal((await clientLeft)[0], 1006)
  await untilOpen(gateway, 0)
})

test('a reset of either line ends the socket, and the process lives', async (t) => {
  const upstream = await startSocketUpstream(t)
  const inner = await faultProxy(t, { host: '127.0.0.1', port: upstream.port })
  const gateway = await startGateway(t, { upstream: { url: `http://127.0.0.1:${inner.port}` } })
  const outer = await faultProxy(t, { host: '127.0.0.1', port: gateway.port })
  for (const line of [inner, outer]) {
    const { client, service } = await openPair(t, outer, upstream)
    const closed = Promise.all([once(client, 'close'), once(service, 'close')])
    line.reset()
    await closed
    await line.heal()
  }
  await untilOpen(gateway, 0)
  const { client, service } = await openPair(t, gateway, upstream)
  client.send('alive')
  assert.equal(`${(await receive(service)).data}`, 'alive')
})

test('a stopping gateway leaves services their time to send clients elsewhere', async (t) => {
  const { upstream, gateway } = await start(t, { DRAIN_SECONDS: '4' })
  const { client, service } = await openPair(t, gateway, upstream)
  const stopped = gateway.stop()
  const late = openSocket(t, gateway)
  const [, response] = await once(late, 'unexpected-response')
  assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '2'])
  const closed = once(client, 'close')
  service.close(1012, 'reconnect')
  assert.equal((await closed)[0], 1012)
  await stopped
})

test(
  'a gateway whose clients are sent elsewhere late answers requests until then, and ends in order',
  onlyAtFullSize('waits for seventeen seconds'),
  async (t) => {
    const { upstream, gateway } = await start(t, { DRAIN_SECONDS: '20' })
    const pairs = []
    // So many that services may take twenty seconds to send them away.
    while (pairs.length < 1_000) pairs.push(await openPair(t, gateway, upstream))
    const stopped = gateway.stop()
    // Fastify lets a hook of its closing take ten seconds.
    await delay(17_000)
    assert.equal((await fetch(`${gateway.address}/health`)).status, 200)
    for (const { service } of pairs) service.close(1012, 'reconnect')
    await stopped
  },
)

test('a stopping gateway ends what nobody has sent elsewhere, and opens nothing that was on its way', async (t) => {
  const { upstream, gateway } = await start(t)
  const { client, service } = await openPair(t, gateway, upstream)
  const closed = Promise.all([once(client, 'close'), once(service, 'close')])
  const arrived = Promise.withResolvers<() => void>()
  upstream.answer = (_request, _socket, accept) => arrived.resolve(accept)
  const late = openSocket(t, gateway)
  const accept = await arrived.promise
  const refused = once(late, 'unexpected-response')
  const stopped = gateway.stop()
  await closed
  accept()
  const [, response] = await refused
  assert.equal(response.statusCode, 503)
  await stopped
})
