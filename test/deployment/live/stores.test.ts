import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { LiveStack } from './live-stack.ts'
import { askCassandra, askPostgres, askRedis, authorityOf, converse, isRefused, listBuckets } from './store-logins.ts'

const found = await LiveStack.find()
const skip = typeof found === 'string' && found

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

/** Node's own defaults would not even offer what is old, and a server that takes it would not be found out. */
const oldest = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

suite('a store lets in nobody but us', { skip }, () => {
  test('postgres', async () => {
    await askPostgres(stack())
    await assert.rejects(askPostgres(stack(), { ssl: false }), /no encryption/)
    await assert.rejects(askPostgres(stack(), { password: 'another' }), { code: '28P01' })
    await assert.rejects(askPostgres(stack(), { user: 'postgres', password: 'postgres' }), { severity: 'FATAL' })
  })

  test('redis', async () => {
    const password = stack().secret('redis', 'redis_password')
    assert.match(await askRedis(stack(), `AUTH secureconnect ${password}\r\n`), /^\+OK\r\n\+PONG/)
    assert.match(await askRedis(stack(), 'AUTH secureconnect another\r\n'), /^-WRONGPASS.*\r\n-NOAUTH/)
    assert.match(await askRedis(stack(), 'AUTH default \r\n'), /^-(WRONGPASS|ERR).*\r\n-NOAUTH/)
    assert.match(await askRedis(stack(), ''), /^-NOAUTH/)
    const host = await stack().addressOf('redis', 'data')
    assert.doesNotMatch(await converse({ host, port: 6379 }, 'PING\r\nQUIT\r\n'), /^[+-]/, 'in the clear')
  })

  test('cassandra', async () => {
    await askCassandra(stack())
    await assert.rejects(askCassandra(stack(), { sslOptions: undefined } as never))
    const known = { username: 'cassandra', password: 'cassandra' }
    await assert.rejects(askCassandra(stack(), { credentials: known }), isRefused)
    const wrong = { username: stack().secret('cassandra', 'cassandra_user'), password: 'another' }
    await assert.rejects(askCassandra(stack(), { credentials: wrong }), isRefused)
  })

  test('the object store', async () => {
    const accessKey = stack().secret('object-store', 'minio_access_key')
    const secretKey = stack().secret('object-store', 'minio_secret_key')
    assert.ok((await listBuckets(stack(), { accessKey, secretKey })).length > 0)
    const known = { accessKey: 'minioadmin', secretKey: 'minioadmin' }
    await assert.rejects(listBuckets(stack(), known), /InvalidAccessKeyId|access key/i)
    await assert.rejects(listBuckets(stack(), { accessKey, secretKey: 'another' }), /SignatureDoesNotMatch|signature/i)
    const host = await stack().addressOf('object-store', 'data')
    const plain = await converse({ host, port: 7070 }, 'GET / HTTP/1.1\r\nhost: object-store\r\n\r\n')
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
        ca: authorityOf(stack()),
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
