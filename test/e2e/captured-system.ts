import { randomUUID } from 'node:crypto'
import { serviceNames } from '@secureconnect/protocol'
import { cassandraEnv, openCassandra } from '@secureconnect/test/cassandra'
import { objectStore } from '@secureconnect/test/stack'
import { types } from 'cassandra-driver'
import { Redis } from 'ioredis'
import { Client as ObjectClient } from 'minio'
import { createProcessEnv, startProcessSystem } from './processes.ts'
import { recordingProxy } from './recording-proxy.ts'
import { dumpDatabase, dumpRedis, type Env } from './stored-canaries.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** Notes every command that Redis is given: what is only passed on is stored nowhere. */
async function watchRedis(t: Cleanup, { REDIS_HOST, REDIS_PORT, REDIS_USERNAME, REDIS_PASSWORD }: Env) {
  const names = { username: REDIS_USERNAME ?? '', password: REDIS_PASSWORD ?? '' }
  const redis = new Redis({ host: REDIS_HOST ?? '', port: Number(REDIS_PORT), ...names })
  t.after(() => redis.disconnect())
  const monitor = await redis.monitor()
  t.after(() => monitor.disconnect())
  const commands: string[] = []
  monitor.on('monitor', (_time: string, args: readonly string[]) => commands.push(args.join(' ')))
  return commands
}

/** A bucket of one's own in the store, and all that is in it. */
async function createBucket() {
  const { host, port, accessKey, secretKey, region } = await objectStore()
  const bucket = `captured-${randomUUID()}`
  const client = new ObjectClient({ endPoint: host, port, useSSL: false, accessKey, secretKey, region })
  return {
    place: { host, port },
    env: {
      S3_URL: `http://${host}:${port}`,
      S3_REGION: region,
      S3_BUCKET: bucket,
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
    },
    async dump(): Promise<Buffer> {
      const pieces: Buffer[] = []
      for await (const { name } of client.listObjectsV2(bucket, '', true)) {
        pieces.push(Buffer.from(JSON.stringify(await client.statObject(bucket, name))))
        for await (const piece of await client.getObject(bucket, name)) pieces.push(piece)
      }
      return Buffer.concat(pieces)
    },
  }
}

/** All that the archive holds of some conversations. */
async function openArchive(t: Cleanup) {
  const cassandra = await openCassandra(t)
  const query = 'select json * from secureconnect.messages where conversation_id = ? and bucket = 0'
  return async (conversationIds: readonly string[]): Promise<string[]> => {
    const found = conversationIds.map((id) => cassandra.execute(query, [types.Uuid.fromString(id)], { prepare: true }))
    return (await Promise.all(found)).flatMap(({ rows }) => rows.map((row) => String(row.get(0))))
  }
}

/** Five processes on all their stores, with everything noted that they store, log, pass on, are told and answer. */
export async function startCapturedSystem(t: Cleanup) {
  const [bucket, listArchived, more] = [await createBucket(), await openArchive(t), await cassandraEnv()]
  const toStore = await recordingProxy(t, bucket.place)
  const env = { ...(await createProcessEnv(t)), ...more, ...bucket.env, S3_PUBLIC_URL: toStore.url }
  const commands = await watchRedis(t, env)
  const system = await startProcessSystem(t, env)
  const { hostname, port } = new URL(system['api-gateway'].address)
  const toGateway = await recordingProxy(t, { host: hostname, port: Number(port) })

  return {
    address: toGateway.url,
    listArchived,
    /** What there is at each place where something of what people say could be. */
    async capture(conversationIds: readonly string[]): Promise<Record<string, Buffer>> {
      const logs = serviceNames.map((name) => JSON.stringify(system[name].lines))
      const metrics = serviceNames.map(async (name) => (await fetch(`${system[name].address}/metrics`)).text())
      return {
        'the database': Buffer.from(await dumpDatabase(env)),
        Redis: Buffer.from([await dumpRedis(env), ...commands].join('\n')),
        Cassandra: Buffer.from((await listArchived(conversationIds)).join('\n')),
        'the object store': await bucket.dump(),
        'the sockets to the gateway': toGateway.read(),
        'the sockets to the object store': toStore.read(),
        'the logs': Buffer.from(logs.join('\n')),
        'the metrics': Buffer.from((await Promise.all(metrics)).join('\n')),
      }
    },
  }
}
