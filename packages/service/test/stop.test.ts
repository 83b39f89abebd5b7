import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startTestService } from './test-service.ts'

/** Fastify gives closing up after ten seconds; a connection that is kept for others lasts longer than that. */
const soonMs = 3_000

test('who keeps his connection for more requests has his last one answered, and does not keep the service from ending', async (t) => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<string>()
  const { address, stop, line } = await startTestService(t, {
    extend: async (app) => {
      app.get('/slow', async (_request, reply) => {
        asked.resolve()
        return reply.type('text/plain').send(await answer.promise)
      })
    },
  })
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const request = get(`${address}/slow`, { agent })
  await asked.promise
  const stopped = stop()
  await line(({ message }) => message === 'draining')
  // Once the service closes it lets nobody new in: then the answer under way is the last one.
  await assert.rejects(async () => {
    for (;;) await fetch(`${address}/health`, { headers: { connection: 'close' } })
  })
  answer.resolve('the last answer')
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  assert.equal(await text(response), 'the last answer')
  assert.equal(await Promise.race([stopped.then(() => 'ended'), delay(soonMs, 'goes on', { ref: false })]), 'ended')
})

test('who asks while the service is draining is told to open another connection for what comes next', async (t) => {
  const drained = Promise.withResolvers<void>()
  const { address, stop, line } = await startTestService(t, { drain: () => drained.promise })
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const ask = async () => {
    const [response] = (await once(get(`${address}/health`, { agent }), 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response.headers.connection
  }
  assert.equal(await ask(), 'keep-alive')
  const stopped = stop()
  await line(({ message }) => message === 'draining')
  assert.equal(await ask(), 'close')
  drained.resolve()
  await stopped
})

test('who knocks just before the service closes is let in and answered', async (t) => {
  const { address, stop } = await startTestService(t, {})
  const { port } = new URL(address)
  const ask = async () => {
    const socket = connect({ port: Number(port), host: '127.0.0.1' })
    socket.write('GET /health HTTP/1.1\r\nhost: here\r\n\r\n')
    return (await text(socket)).slice(0, 'HTTP/1.1 200'.length)
  }
  const answers = Array.from({ length: 100 }, ask)
  await stop()
  assert.deepEqual(new Set(await Promise.all(answers)), new Set(['HTTP/1.1 200']))
})
