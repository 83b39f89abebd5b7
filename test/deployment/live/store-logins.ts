import { readFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import cassandra from 'cassandra-driver'
import { Client as ObjectClient } from 'minio'
import pg from 'pg'
import type { LiveStack } from './live-stack.ts'

const timeoutMs = 10_000

/** Who vouches for the stores' certificates. */
export const authorityOf = (stack: LiveStack) =>
  readFileSync(join(stack.folder, 'secrets/init-stores/tls_ca.pem'), 'utf8')

/** What a server answers, by TLS where it has a name to be verified by an authority, and in the clear where not. */
export async function converse(
  { host, port, name, ca }: { host: string; port: number; name?: string; ca?: string },
  words: string,
): Promise<string> {
  const bounds = { host, port, timeout: timeoutMs }
  const socket = name ? connectTls({ ...bounds, ...(ca && { ca }), servername: name }) : connectPlain(bounds)
  let said = ''
  socket.on('data', (bytes) => {
    said += bytes
  })
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => undefined)
  socket.write(words)
  await new Promise((closed) => socket.once('close', closed))
  return said
}

/** Asks Postgres something, as the services do unless it is said otherwise. */
export async function askPostgres(stack: LiveStack, given: pg.ClientConfig = {}): Promise<void> {
  const client = new pg.Client({
    host: await stack.addressOf('postgres', 'data'),
    user: 'secureconnect',
    database: 'secureconnect',
    password: stack.secret('migrate', 'db_password'),
    ssl: { ca: authorityOf(stack), servername: 'postgres' },
    connectionTimeoutMillis: timeoutMs,
    ...given,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** What Redis says to a login, where there is one, and to a question. */
export async function askRedis(stack: LiveStack, login: string): Promise<string> {
  const server = { host: await stack.addressOf('redis', 'data'), port: 6379, name: 'redis', ca: authorityOf(stack) }
  return await converse(server, `${login}PING\r\nQUIT\r\n`)
}

/** Asks Cassandra something, as chat-service does unless it is said otherwise. */
export async function askCassandra(stack: LiveStack, given: Partial<cassandra.ClientOptions> = {}): Promise<void> {
  const contact = await stack.addressOf('cassandra', 'data')
  const client = new cassandra.Client({
    contactPoints: [contact],
    localDataCenter: 'datacenter1',
    credentials: {
      username: stack.secret('cassandra', 'cassandra_user'),
      password: stack.secret('cassandra', 'cassandra_password'),
    },
    sslOptions: {
      ca: [authorityOf(stack)],
      host: contact,
      servername: 'cassandra',
      rejectUnauthorized: true,
      checkServerIdentity: () => undefined,
    },
    socketOptions: { connectTimeout: timeoutMs },
    ...given,
  })
  try {
    await client.connect()
    await client.execute('select release_version from system.local')
  } finally {
    await client.shutdown().catch(() => undefined)
  }
}

/** How Cassandra says that it does not take a login. */
export function isRefused(error: { innerErrors?: Record<string, Error> }): boolean {
  return Object.values(error.innerErrors ?? {}).some(
    ({ name, message }) => /Authentication/.test(name) || /username|password|credentials/i.test(message),
  )
}

/** The buckets that somebody with these keys sees. */
export async function listBuckets(stack: LiveStack, keys: { accessKey: string; secretKey: string }) {
  const endPoint = await stack.addressOf('object-store', 'data')
  const client = new ObjectClient({ endPoint, port: 7070, useSSL: true, region: 'us-east-1', ...keys })
  client.setRequestOptions({ ca: authorityOf(stack), servername: 'object-store' })
  return await client.listBuckets()
}
