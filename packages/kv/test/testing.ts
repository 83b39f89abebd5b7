import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after } from 'node:test'
import { createLogger } from '@secureconnect/logging'
import { createMetrics, type Metrics } from '@secureconnect/metrics'
import { freePort, ownRedisCluster, type RedisAddress, redisServer } from '@secureconnect/test/stack'
import { Redis } from 'ioredis'
import { type ConnectKvOptions, connectKv, createLocalKv, type Kv, RedisKv, type RedisServer } from '../src/index.ts'

/** What a test has that wants something put away after it. */
type Cleanup = { after(work: () => Promise<unknown>): void }

export type TestKv = { kv: Kv; metrics: Metrics }

export const silentLog = createLogger({ service: 'test', revision: 'test', level: 'silent' })

export function createTestMetrics(): Metrics {
  return createMetrics({ service: 'api-gateway', version: '0', revision: 'test' })
}

/** The configuration that leads to a Redis of the test stack. */
export function toKvOptions(
  { host, port, username, password, isCluster = false }: RedisAddress & Pick<RedisServer, 'isCluster'>,
  metrics: Metrics,
): ConnectKvOptions {
  return {
    redisHost: host,
    redisPort: port,
    redisCluster: isCluster,
    redisUsername: username,
    redisPassword: password,
    redisTlsCa: undefined,
    metrics,
    log: silentLog,
  }
}

const atTheEnd = new AsyncDisposableStack()
after(() => atTheEnd.disposeAsync())
let cluster: Promise<RedisAddress> | undefined

/** The cluster of all tests of a file: it takes some seconds until its nodes know each other. */
function sharedCluster(): Promise<RedisAddress> {
  cluster ??= ownRedisCluster({ after: (work) => atTheEnd.defer(async () => void (await work())) })
  return cluster
}

/** A node is connected to when it is first needed, and the first call may not wait for that. */
async function reachesEveryNode(kv: Kv): Promise<boolean> {
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => kv.get(randomUUID())))
  return asked.every(({ status }) => status === 'fulfilled')
}

/** Each way to have a Kv, for suites that hold for all of them. */
export const openKv = {
  async redis(t: Cleanup): Promise<TestKv> {
    const metrics = createTestMetrics()
    const kv = await RedisKv.create({ server: await redisServer(), metrics, log: silentLog })
    t.after(() => kv.close())
    return { kv, metrics }
  },
  async cluster(t: Cleanup): Promise<TestKv> {
    const metrics = createTestMetrics()
    const server = { ...(await sharedCluster()), isCluster: true }
    const kv = await RedisKv.create({ server, metrics, log: silentLog })
    t.after(() => kv.close())
    await until(() => reachesEveryNode(kv), 10_000)
    return { kv, metrics }
  },
  async local(t: Cleanup): Promise<TestKv> {
    const kv = createLocalKv()
    t.after(() => kv.close())
    return { kv, metrics: createTestMetrics() }
  },
  async switched(t: Cleanup): Promise<TestKv> {
    const metrics = createTestMetrics()
    const kv = await connectKv(toKvOptions(await redisServer(), metrics))
    t.after(() => kv.close())
    return { kv, metrics }
  },
}

export type Adapter = keyof typeof openKv
export const adapters: readonly Adapter[] = ['redis', 'cluster', 'local', 'switched']

/** A client of the test's own, to do to a server what no Kv would. */
export function openAdmin({ host, port, username, password }: RedisAddress, t: Cleanup): Redis {
  const admin = new Redis({ host, port, username, password })
  admin.on('error', () => undefined)
  t.after(async () => admin.disconnect())
  return admin
}

/** A stretch of network that can lose what is sent, for good and without a word: not even an end gets through. */
export async function startLossyNetwork(server: RedisAddress, t: Cleanup) {
  const network = { isLossy: false }
  const sockets = new Set<Socket>()
  const carry = (from: Socket, to: Socket) => {
    let isLost = false
    sockets.add(from)
    from.on('data', (chunk) => {
      isLost ||= network.isLossy
      if (!isLost) to.write(chunk)
    })
    from.on('error', () => undefined)
    from.on('close', () => isLost || to.destroy())
  }
  const listener = createServer((near) => {
    const far = connect(server.port, server.host)
    carry(near, far)
    carry(far, near)
  })
  const port = await freePort()
  await once(listener.listen(port, '127.0.0.1'), 'listening')
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return Object.assign(network, { address: { ...server, port } })
}

/** Asks again and again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<number> {
  const startedAt = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not so within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - startedAt
}
