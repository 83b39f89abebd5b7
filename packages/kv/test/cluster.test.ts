import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { ownRedisCluster } from '@secureconnect/test/stack'
import { connectKv, RedisKv } from '../src/index.ts'
import { createTestMetrics, openAdmin, silentLog, toKvOptions, until } from './testing.ts'

const channels = Array.from({ length: 40 }, () => randomUUID())
const ttlMs = 60_000

test('on a cluster messages of all channels are heard, and again when its nodes have dropped every subscriber', async (t) => {
  const server = await ownRedisCluster(t)
  const kv = await connectKv(toKvOptions({ ...server, isCluster: true }, createTestMetrics()))
  t.after(() => kv.close())
  const heard = new Set<string>()
  let gaps = 0
  const onGap = () => (gaps += 1)
  for (const channel of channels) await kv.subscribe(channel, () => heard.add(channel), { onGap })
  const tellAll = async () => {
    for (const channel of channels) await kv.publish(channel, '')
    return heard.size === channels.length
  }
  await until(tellAll, 5_000)
  assert.equal(gaps, 0)
  const nodes = String(await openAdmin(server, t).call('CLUSTER', 'NODES')).matchAll(/127\.0\.0\.1:(\d+)@/g)
  for (const [, port] of nodes)
    await openAdmin({ ...server, port: Number(port) }, t).call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  heard.clear()
  await until(tellAll, 10_000)
  await until(() => gaps > 0, 10_000)
  assert.equal(kv.isDegraded, false)
})

test('whoever takes a cluster for a single server is told what to set', async (t) => {
  const server = await ownRedisCluster(t)
  const kv = await RedisKv.create({ server, metrics: createTestMetrics(), log: silentLog })
  t.after(() => kv.close())
  const sets = channels.map((key) => kv.set(key, '', { ttlMs }))
  await assert.rejects(Promise.all(sets), /the server is a node of a cluster, so REDIS_CLUSTER must be true/)
  await Promise.allSettled(sets)
})
