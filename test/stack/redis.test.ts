import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { type Cleanup, ownRedisServer, type RedisAddress, redisServer } from './index.ts'

function connectTo({ host, port, username, password }: RedisAddress, t: Cleanup): Redis {
  const client = new Redis({ host, port, username, password, maxRetriesPerRequest: 0, disconnectTimeout: 10 })
  client.on('error', () => undefined)
  t.after(async () => client.disconnect())
  return client
}

test('the shared Redis answers its user and no one else', async (t) => {
  const address = await redisServer()
  assert.equal(await connectTo(address, t).ping(), 'PONG')
  await assert.rejects(connectTo({ ...address, password: 'wrong' }, t).ping())
  assert.deepEqual(await redisServer(), address)
})

test('a killed Redis refuses connections, and started again it is empty on the same port', async (t) => {
  const redis = await ownRedisServer(t)
  const client = connectTo(redis, t)
  await client.set('key', 'value')
  await redis.kill()
  assert.equal(redis.pid, undefined)
  await assert.rejects(client.get('key'))
  await redis.restart()
  assert.equal(await connectTo(redis, t).get('key'), null)
})

test('a frozen Redis answers nothing until it is thawed', async (t) => {
  const redis = await ownRedisServer(t)
  const client = connectTo(redis, t)
  await client.ping()
  await redis.freeze()
  const late = client.ping()
  const first = await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 100, 'nothing'))])
  assert.equal(first, 'nothing')
  redis.thaw()
  assert.equal(await late, 'PONG')
})
