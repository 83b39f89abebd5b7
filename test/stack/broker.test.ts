import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { askBroker, Broker } from './broker.ts'
import { ownRedisServer } from './index.ts'
import { Stack } from './stack.ts'

async function startBroker(t: TestContext): Promise<{ stack: Stack; broker: Broker }> {
  const stack = await Stack.create()
  const broker = await Broker.create(stack)
  t.after(async () => {
    broker.close()
    await stack.close()
  })
  return { stack, broker }
}

function setVariable(t: TestContext, name: string, value: string): void {
  process.env[name] = value
  t.after(() => {
    delete process.env[name]
  })
}

test('a server is started once, by the first who asks, and all get its address', async (t) => {
  const { stack, broker } = await startBroker(t)
  const [first, second] = await Promise.all([askBroker(broker.path, 'redis'), askBroker(broker.path, 'redis')])
  assert.deepEqual(first, second)
  assert.deepEqual([...stack.startedInMs.keys()], ['redis'])
})

test('a server that somebody names by its address is used as it is', async (t) => {
  const { host, port, username, password } = await ownRedisServer(t)
  setVariable(t, 'TEST_REDIS_URL', `redis://${username}:${password}@${host}:${port}`)
  const { stack, broker } = await startBroker(t)
  assert.deepEqual(await askBroker(broker.path, 'redis'), { host, port, user: username, password })
  assert.equal(stack.startedInMs.size, 0)
})

test('an address that makes no sense is told to everyone who asks', async (t) => {
  setVariable(t, 'TEST_REDIS_URL', 'localhost')
  const { broker } = await startBroker(t)
  await assert.rejects(askBroker(broker.path, 'redis'), /TEST_REDIS_URL must look like/)
  await assert.rejects(askBroker(broker.path, 'redis'), /TEST_REDIS_URL must look like/)
})

test('a name that is no server is answered, and the broker goes on', async (t) => {
  const { broker } = await startBroker(t)
  const socket = connect(broker.path)
  socket.end('toString')
  assert.match(await text(socket), /No server is called/)
  assert.ok(await askBroker(broker.path, 'redis'))
})
