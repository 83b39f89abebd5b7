import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeFirebase } from '@secureconnect/push/testing'
import { createSecrets, migrateDatabase } from '../e2e/processes.ts'
import { cassandraEnv } from '../helpers/cassandra.ts'
import {
  cassandraServer,
  faultProxy,
  mediaWorker,
  ownCoturnServer,
  ownObjectStore,
  ownPostgresServer,
  ownRedisServer,
  smtpServer,
} from '../stack/index.ts'
import { mountSmallDisks } from './small-disks.ts'

type Cleanup = { after: (work: () => unknown) => void }
/** What only some need, and what takes long to start or ports that others may have. */
export type ServerNeeds = { hasArchive?: boolean; hasRelay?: boolean; hasSmallDisks?: boolean }

/** What stands in for limits where traffic is to be refused by faults alone. */
const wideLimits = Object.fromEntries(
  ['REGISTER', 'LOGIN', 'REFRESH', 'MESSAGES', 'UPLOADS', 'DOWNLOADS', 'CONVERSATIONS', 'DEFAULT', 'NETWORK'].map(
    (name) => [`RATELIMIT_${name}`, '600000'],
  ),
)

/** Everything that the services use, real and this system's own, each behind a line that can be broken. */
export async function startServers(
  t: Cleanup,
  { hasArchive = false, hasRelay = false, hasSmallDisks = false }: ServerNeeds,
) {
  const disks = hasSmallDisks ? await mountSmallDisks(t) : undefined
  const [postgres, redis, store, relay, mail, firebase] = await Promise.all([
    ownPostgresServer(t, { disk: disks?.sql }),
    ownRedisServer(t),
    ownObjectStore(t, { disk: disks?.store }),
    hasRelay ? ownCoturnServer(t) : undefined,
    smtpServer(t),
    startFakeFirebase(),
  ])
  t.after(() => firebase.close())
  const { hostname, port } = new URL(firebase.url)
  const lines = {
    sql: await faultProxy(t, postgres),
    redis: await faultProxy(t, redis),
    store: await faultProxy(t, store),
    mail: await faultProxy(t, mail),
    pushes: await faultProxy(t, { host: hostname, port: Number(port) }),
    archive: await faultProxy(t, hasArchive ? await cassandraServer() : postgres),
  }
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const credentials = join(folder, 'firebase')
  writeFileSync(credentials, firebase.credentials, { mode: 0o600 })

  const env = {
    ...wideLimits,
    ...createSecrets(t),
    ...(hasArchive && (await cassandraEnv(lines.archive))),
    DRAIN_SECONDS: '5',
    // The machine may be busy with what this process does, which is no reason to refuse requests.
    SHED_LOAD: 'false',
    DB_HOST: lines.sql.host,
    DB_PORT: String(lines.sql.port),
    DB_USER: postgres.user,
    DB_NAME: postgres.database,
    DB_PASSWORD: postgres.password,
    REDIS_HOST: lines.redis.host,
    REDIS_PORT: String(lines.redis.port),
    REDIS_USERNAME: redis.username,
    REDIS_PASSWORD: redis.password,
    S3_URL: `http://${lines.store.host}:${lines.store.port}`,
    S3_REGION: store.region,
    S3_BUCKET: 'chaos',
    MINIO_ACCESS_KEY: store.accessKey,
    MINIO_SECRET_KEY: store.secretKey,
    SMTP_HOST: lines.mail.host,
    SMTP_PORT: String(lines.mail.port),
    SMTP_SECURITY: 'none',
    FIREBASE_URL: `http://${lines.pushes.host}:${lines.pushes.port}`,
    FIREBASE_CREDENTIALS_FILE: credentials,
    ...(relay && { TURN_URLS: `turn:${relay.host}:${relay.port}?transport=udp`, TURN_SECRET: relay.secret }),
    MEDIASOUP_WORKER_BIN: await mediaWorker(),
    RECORDINGS_FOLDER: join(folder, 'recordings'),
  }
  await migrateDatabase({ ...env, DB_PORT: String(postgres.port), DB_HOST: postgres.host })
  return { postgres, redis, store, disks, relay, mail, firebase, lines, env }
}

export type Servers = Awaited<ReturnType<typeof startServers>>
