import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createLogger } from '@secureconnect/logging'
import { freePort, ownRedisServer, redisServer } from '@secureconnect/test/stack'
import { Redis } from 'ioredis'
import { connectKv, createRateLimiter, RedisKv } from '../src/index.ts'
import { RedisConnection } from '../src/redis-connection.ts'
import { createTestMetrics, openAdmin, openKv, silentLog, toKvOptions, until } from './testing.ts'

const run = promisify(execFile)
const ttlMs = 60_000

test('the limits in force are those that the design promises, and are told at start', async (t) => {
  const metrics = createTestMetrics()
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const log = createLogger({ service: 'test', revision: 'test', level: 'info', stream })
  const kv = await connectKv({ ...toKvOptions(await redisServer(), metrics), log })
  t.after(() => kv.close())
  const told = lines.map((line): { message: string; limits: unknown } => JSON.parse(line))
  assert.deepEqual(told.find(({ message }) => message === 'redis configured')?.limits, {
    redis: {
      connect: '500 ms',
      call: '150 ms',
      in_flight: '1 connection + 1 subscriber, no offline queue',
      retries: '0',
    },
  })
  assert.equal((await metrics.redisConnections.get()).values[0]?.value, 2)
})

test('every command is counted and timed, and a failed one has its reason', async (t) => {
  const { kv, metrics } = await openKv.redis(t)
  const key = randomUUID()
  await kv.addToSet(key, ['member'], { ttlMs })
  await kv.get(randomUUID())
  await assert.rejects(kv.get(key), { code: 'other' })
  const count = async (command: string) =>
    (await metrics.redisCommands.get()).values.find(({ labels }) => labels.command === command)?.value
  assert.deepEqual([await count('add_to_set'), await count('get')], [1, 2])
  const errors = (await metrics.redisErrors.get()).values
  assert.deepEqual(
    errors.map(({ labels, value }) => [labels, value]),
    [[{ command: 'get', error: 'other' }, 1]],
  )
  const timed = (await metrics.redisCommandDuration.get()).values.find(
    ({ metricName, labels }) => metricName?.endsWith('_count') && labels.command === 'get',
  )
  assert.equal(timed?.value, 2)
})

test('a reply that came while our own process was held up is not a failure of Redis', async (t) => {
  const { kv } = await openKv.redis(t)
  const key = randomUUID()
  await kv.set(key, 'value', { ttlMs })
  const value = kv.get(key)
  await new Promise(setImmediate)
  const busyUntil = performance.now() + 400
  while (performance.now() < busyUntil);
  assert.equal(await value, 'value')
})

test('a user who may do what a service does, and nothing more, is enough', async (t) => {
  const server = await ownRedisServer(t)
  const admin = openAdmin(server, t)
  const user = { username: 'service', password: randomUUID() }
  const rights = ['+@read', '+@write', '+@pubsub', '+@scripting', '+@connection', '+time', '-@dangerous', '-@admin']
  await admin.call('ACL', 'SETUSER', user.username, 'on', `>${user.password}`, '~*', '&*', ...rights)
  const metrics = createTestMetrics()
  const kv = await RedisKv.create({ server: { ...server, ...user }, metrics, log: silentLog })
  t.after(() => kv.close())
  await kv.ping()
  await kv.subscribe('channel', () => undefined)
  await kv.publish('channel', 'message')
  await kv.increment('count', { ttlMs })
  await kv.addToSet('set', ['member'], { ttlMs })
  assert.deepEqual(await kv.listSet('set'), ['member'])
  const limiter = createRateLimiter({ kv, metrics, replicas: 1 })
  assert.equal((await limiter.take({ key: 'k', rate: { perMinute: 60, burst: 5 }, endpoint: '/' })).isAllowed, true)
  assert.deepEqual((await metrics.redisErrors.get()).values, [])
})

/** A certificate that signs itself, good for the loopback address. */
async function createCertificate(folder: string, name: string) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  await run('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate])
  return { key, certificate }
}

async function startTlsServer(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'redis-tls-'))
  t.after(() => rm(folder, { recursive: true }))
  const [ours, foreign] = [await createCertificate(folder, 'ours'), await createCertificate(folder, 'foreign')]
  const server = await ownRedisServer(t)
  const port = await freePort()
  const files = ['tls-cert-file', ours.certificate, 'tls-key-file', ours.key, 'tls-ca-cert-file', ours.certificate]
  const admin = openAdmin(server, t)
  await admin.call('CONFIG', 'SET', ...files, 'tls-auth-clients', 'no')
  await admin.call('CONFIG', 'SET', 'tls-port', `${port}`)
  return { address: { ...server, port }, ours, foreign }
}

test('with an authority given the connection is encrypted, and only its certificates are believed', async (t) => {
  const { address, ours, foreign } = await startTlsServer(t)
  const metrics = createTestMetrics()
  const kv = await connectKv({ ...toKvOptions(address, metrics), redisTlsCa: ours.certificate })
  t.after(() => kv.close())
  await kv.ping()
  const deceived = await connectKv({ ...toKvOptions(address, createTestMetrics()), redisTlsCa: foreign.certificate })
  t.after(() => deceived.close())
  await assert.rejects(deceived.ping())
  await until(() => deceived.isDegraded, 10_000)
  await deceived.set('key', 'value', { ttlMs })
  assert.equal(await kv.get('key'), undefined)
})

type ManyWriter = Writable & Required<Pick<Writable, '_writev'>>
const writesMany = (stream: Writable): stream is ManyWriter => stream._writev !== undefined

test('what is asked of Redis in one round of events is written once, and the next round waits for nothing', async (t) => {
  const connection = new RedisConnection({ server: await redisServer(), metrics: createTestMetrics(), log: silentLog })
  t.after(() => connection.close())
  await connection.settle()
  assert.ok(connection.client instanceof Redis)
  const { stream } = connection.client
  assert.ok(writesMany(stream))
  const writes = [t.mock.method(stream, '_write'), t.mock.method(stream, '_writev')]
  const countWrites = () => writes.reduce((count, { mock }) => count + mock.callCount(), 0)
  const increment = (key: string) => connection.call('incr', (client) => client.incr(key))
  const key = randomUUID()
  const counts = await Promise.all(Array.from({ length: 50 }, () => increment(key)))
  assert.deepEqual(
    counts,
    Array.from({ length: 50 }, (_, index) => index + 1),
  )
  assert.equal(countWrites(), 1)
  assert.equal(await increment(key), 51)
  assert.equal(countWrites(), 2)
  await connection.call('del', (client) => client.del(key))
})
