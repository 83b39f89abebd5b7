import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FaultProxy, faultProxy } from './index.ts'

/** A proxy before a server that says everything it hears. */
async function startEcho(t: TestContext): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const echo = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    echo.close()
  })
  const address = echo.address()
  assert.ok(address && typeof address === 'object')
  return faultProxy(t, { host: '127.0.0.1', port: address.port })
}

async function open(t: TestContext, { host, port }: FaultProxy): Promise<Socket> {
  const socket = connect(port, host)
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** What comes next; throws if the connection breaks first, or nothing comes at all. */
async function hear(socket: Socket): Promise<string> {
  const [heard]: Buffer[] = await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })
  return `${heard}`
}

async function say(socket: Socket, words: string): Promise<string> {
  socket.write(words)
  return hear(socket)
}

test('without a fault everything passes unchanged, and an end is passed on after what was said before it', async (t) => {
  const socket = await open(t, await startEcho(t))
  const sent = Buffer.alloc(5_000_000, 'abcdefg')
  socket.end(sent)
  assert.ok((await buffer(socket)).equals(sent))
})

test('latency delays each direction without making later bytes wait for earlier ones', async (t) => {
  const proxy = await startEcho(t)
  const socket = await open(t, proxy)
  proxy.latency(100)
  const words = '0123456789'
  const startedAt = performance.now()
  const heard = text(socket)
  for (const word of words) {
    socket.write(word)
    await sleep(10)
  }
  socket.end()
  assert.equal(await heard, words)
  const tookMs = performance.now() - startedAt
  assert.ok(tookMs >= 200 && tookMs < 700, `took ${tookMs} ms`)
})

test('a proxy that refuses resets open connections and takes no new ones until it heals', async (t) => {
  const proxy = await startEcho(t)
  const socket = await open(t, proxy)
  assert.equal(await say(socket, 'hello'), 'hello')
  proxy.refuse()
  await assert.rejects(hear(socket), { code: 'ECONNRESET' })
  await assert.rejects(open(t, proxy), { code: 'ECONNREFUSED' })
  await proxy.heal()
  assert.equal(await say(await open(t, proxy), 'again'), 'again')
})

test('a proxy that resets breaks open connections, and new ones after accepting them', async (t) => {
  const proxy = await startEcho(t)
  const socket = await open(t, proxy)
  proxy.reset()
  await assert.rejects(hear(socket), { code: 'ECONNRESET' })
  const later = connect(proxy.port, proxy.host)
  await assert.rejects(hear(later), { code: 'ECONNRESET' })
})

test('a frozen proxy accepts connections and says nothing; what it held back arrives when it heals', async (t) => {
  const proxy = await startEcho(t)
  const before = await open(t, proxy)
  proxy.freeze()
  const after = await open(t, proxy)
  const answers = Promise.all([say(before, 'before'), say(after, 'after')])
  assert.equal(await Promise.race([answers, sleep(100, 'nothing')]), 'nothing')
  await proxy.heal()
  assert.deepEqual(await answers, ['before', 'after'])
})

test('a frozen proxy fills up, as a hanging server does', async (t) => {
  const proxy = await startEcho(t)
  const socket = await open(t, proxy)
  proxy.freeze()
  const chunk = Buffer.alloc(1_000_000)
  for (let sent = 0; sent < 50; sent++) socket.write(chunk)
  await sleep(200)
  assert.ok(socket.writableLength > 30_000_000, `${socket.writableLength} bytes are waiting`)
})

test('an answer is cut after the told number of bytes', async (t) => {
  const proxy = await startEcho(t)
  const socket = await open(t, proxy)
  proxy.cutAfter(7)
  socket.write('hello, world')
  assert.equal(await text(socket), 'hello, ')
})

test('a target that is gone shows as a reset', async (t) => {
  const proxy = await faultProxy(t, { host: '127.0.0.1', port: 1 })
  const socket = connect(proxy.port, proxy.host)
  await assert.rejects(hear(socket), { code: 'ECONNRESET' })
})
