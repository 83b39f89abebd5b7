import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import cassandra from 'cassandra-driver'
import { Client as ObjectClient } from 'minio'
import pg from 'pg'
import { LiveStack } from './live-stack.ts'

const found = await LiveStack.find()
const skip = typeof found === 'string' && found
const timeoutMs = 10_000

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

/** Node's own defaults would not even offer what is old, and a server that takes it would not be found out. */
const oldest = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

const authority = () => readFileSync(join(stack().folder, 'secrets/init-stores/tls_ca.pem'), 'utf8')

/** What a server answers, by TLS where it has a name to be verified, and in the clear where not. */
async function converse({ host, port, name }: { host: string; port: number; name?: string }, words: string) {
  const bounds = { host, port, timeout: timeoutMs }
  const socket = name ? connectTls({ ...bounds, ca: authority(), servername: name }) : connectPlain(bounds)
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

suite('a store lets in nobody but us', { skip }, () => {
  test('postgres', async () => {
    const host = await stack().addressOf('postgres', 'data')
    const password = stack().secret('migrate', 'db_password')
    const ssl = { ca: authority(), servername: 'postgres' }
    const ask = async (given: pg.ClientConfig) => {
      const client = new pg.Client({
        host,
        user: 'secureconnect',
        database: 'secureconnect',
        password,
        ssl,
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
    await ask({})
    await assert.rejects(ask({ ssl: false }), /no encryption/)
    await assert.rejects(ask({ password: 'another' }), { code: '28P01' })
    await assert.rejects(ask({ user: 'postgres', password: 'postgres' }), { severity: 'FATAL' })
  })

  test('redis', async () => {
    const host = await stack().addressOf('redis', 'data')
    const password = stack().secret('redis', 'redis_password')
    const ask = (login: string) => converse({ host, port: 6379, name: 'redis' }, `${login}PING\r\nQUIT\r\n`)
    assert.match(await ask(`AUTH secureconnect ${password}\r\n`), /^\+OK\r\n\+PONG/)
    assert.match(await ask('AUTH secureconnect another\r\n'), /^-WRONGPASS.*\r\n-NOAUTH/)
    assert.match(await ask('AUTH default \r\n'), /^-(WRONGPASS|ERR).*\r\n-NOAUTH/)
    assert.match(await ask(''), /^-NOAUTH/)
    assert.doesNotMatch(await converse({ host, port: 6379 }, 'PING\r\nQUIT\r\n'), /^[+-]/, 'in the clear')
  })

  test('cassandra', async () => {
    const contact = await stack().addressOf('cassandra', 'data')
    const ask = async (given: Partial<cassandra.ClientOptions>) => {
      const credentials = {
        username: stack().secret('cassandra', 'cassandra_user'),
        password: stack().secret('cassandra', 'cassandra_password'),
      }
      const sslOptions = {
        ca: [authority()],
        host: contact,
        servername: 'cassandra',
        rejectUnauthorized: true,
        checkServerIdentity: () => undefined,
      }
      const client = new cassandra.Client({
        contactPoints: [contact],
        localDataCenter: 'datacenter1',
        credentials,
        sslOptions,
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
    await ask({})
    await assert.rejects(ask({ sslOptions: undefined } as never))
    await assert.rejects(ask({ credentials: { username: 'cassandra', password: 'cassandra' } }), isRefused)
    await assert.rejects(
      ask({ credentials: { username: stack().secret('cassandra', 'cassandra_user'), password: 'another' } }),
      isRefused,
    )
  })

  test('the object store', async () => {
    const endPoint = await stack().addressOf('object-store', 'data')
    const port = 7070
    const ask = (accessKey: string, secretKey: string) => {
      const client = new ObjectClient({ endPoint, port, useSSL: true, accessKey, secretKey, region: 'us-east-1' })
      client.setRequestOptions({ ca: authority(), servername: 'object-store' })
      return client.listBuckets()
    }
    const own = [
      stack().secret('object-store', 'minio_access_key'),
      stack().secret('object-store', 'minio_secret_key'),
    ] as const
    assert.ok((await ask(...own)).length > 0)
    await assert.rejects(ask('minioadmin', 'minioadmin'), /InvalidAccessKeyId|access key/i)
    await assert.rejects(ask(own[0], 'another'), /SignatureDoesNotMatch|signature/i)
    const plain = await converse({ host: endPoint, port }, 'GET / HTTP/1.1\r\nhost: object-store\r\n\r\n')
    assert.doesNotMatch(plain, /^HTTP\/1.1 (2|403)/, plain)
  })

  test('an older TLS is spoken by nobody, and the one of today by all', async () => {
    const servers = { postgres: 5432, redis: 6379, cassandra: 9042, 'object-store': 7070 }
    for (const [name, port] of Object.entries(servers)) {
      const host = await stack().addressOf(name, 'data')
      // Postgres takes TLS at once only from whoever names its protocol.
      const usual = {
        host,
        port,
        ca: authority(),
        servername: name,
        ALPNProtocols: name === 'postgres' ? ['postgresql'] : [],
      }
      const today = connectTls(usual)
      await once(today, 'secureConnect')
      today.destroy()
      const old = connectTls({ ...usual, ...oldest })
      await assert.rejects(
        once(old, 'secureConnect'),
        /protocol version|unsupported protocol|alert|reset|closed/i,
        name,
      )
      old.destroy()
    }
  })
})

function isRefused(error: { innerErrors?: Record<string, Error> }): true {
  const inner = Object.values(error.innerErrors ?? {})
  assert.ok(
    inner.some(({ name, message }) => /Authentication/.test(name) || /username|password|credentials/i.test(message)),
    JSON.stringify(inner.map(String)),
  )
  return true
}
