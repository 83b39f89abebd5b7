import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { redisServer } from '@secureconnect/test/stack'
import { createKv } from './create-kv.ts'
import { createLocalKv } from './local-kv.ts'
import { RedisKv } from './redis-kv.ts'

const ttlMs = 60_000

async function startSwitch(t: { after(work: () => Promise<unknown>): void }) {
  const metrics = createMetrics({ service: 'api-gateway', version: '0', revision: 'test' })
  const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })
  const redis = await RedisKv.create({ server: await redisServer(), metrics, log })
  const local = createLocalKv()
  const kv = createKv({ redis, local, metrics, log })
  t.after(() => kv.close())
  return { kv, redis, local }
}

test('a value of an earlier outage does not come back at the next one', async (t) => {
  const { kv, local } = await startSwitch(t)
  const [value, set] = [randomUUID(), randomUUID()]
  await local.set(value, 'old', { ttlMs })
  await local.addToSet(set, ['old'], { ttlMs })
  await kv.set(value, 'new', { ttlMs })
  await kv.addToSet(set, ['new'], { ttlMs })
  assert.equal(await local.get(value), undefined)
  assert.deepEqual(await local.listSet(set), [])
})

test('one failed call is answered from memory, and a good probe is enough to ask Redis again', async (t) => {
  const { kv, redis } = await startSwitch(t)
  const key = randomUUID()
  await kv.addToSet(key, ['member'], { ttlMs })
  assert.equal(await kv.get(key), undefined, 'Redis refuses to get a set')
  await kv.probe.checkNow()
  assert.deepEqual(await kv.listSet(key), ['member'])
  await kv.set(key, 'now a value', { ttlMs })
  assert.equal(await redis.get(key), 'now a value')
  assert.equal(kv.isDegraded, false)
})

test('after it is closed it still answers, from memory', async (t) => {
  const { kv } = await startSwitch(t)
  await kv.close()
  assert.equal(await kv.set('key', 'value', { ttlMs }), true)
  assert.equal(await kv.get('key'), 'value')
})
