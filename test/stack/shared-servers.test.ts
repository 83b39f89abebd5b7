import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Client as CassandraClient } from 'cassandra-driver'
import { Client as StoreClient } from 'minio'
import { cassandraServer, coturnServer, objectStore, type TurnAddress } from './index.ts'

test('Cassandra keeps a row', async (t) => {
  const { host, port, user, password, dataCenter } = await cassandraServer()
  const client = new CassandraClient({
    contactPoints: [`${host}:${port}`],
    localDataCenter: dataCenter,
    credentials: { username: user, password },
  })
  t.after(() => client.shutdown())
  const keyspace = `test_${randomUUID().replaceAll('-', '')}`
  await client.execute(
    `create keyspace ${keyspace} with replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  )
  await client.execute(`create table ${keyspace}.notes (id int primary key, body text)`)
  await client.execute(`insert into ${keyspace}.notes (id, body) values (1, 'kept')`)
  const { rows } = await client.execute(`select body from ${keyspace}.notes where id = 1`)
  assert.equal(rows[0]?.get('body'), 'kept')
})

test('the object store gives back what was put, and knows its user', async () => {
  const { host, port, accessKey, secretKey, region } = await objectStore()
  const options = { endPoint: host, port, useSSL: false, accessKey, secretKey, region }
  const store = new StoreClient(options)
  const bucket = `test-${randomUUID()}`
  await store.makeBucket(bucket)
  await store.putObject(bucket, 'folder/note', 'kept')
  assert.equal(await text(await store.getObject(bucket, 'folder/note')), 'kept')
  const stranger = new StoreClient({ ...options, secretKey: 'wrong' })
  await assert.rejects(stranger.getObject(bucket, 'folder/note'), { code: 'SignatureDoesNotMatch' })
})

/** Sends messages from one allocation on the TURN server to another; throws unless all arrive. */
async function relay({ host, port, secret }: TurnAddress, expiresAt: number): Promise<void> {
  const user = `${expiresAt}:alice`
  const password = createHmac('sha1', secret).update(user).digest('base64')
  const options = ['-y', '-u', user, '-w', password, '-p', `${port}`, '-n', '5', '-c']
  const { stdout } = await promisify(execFile)('turnutils_uclient', [...options, host], { timeout: 20_000 })
  // How many clients the program makes of its options differs between machines; what counts is that nothing is lost.
  assert.match(stdout, /tot_send_msgs=([1-9]\d*), tot_recv_msgs=\1\n/)
}

const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600

test('the TURN server relays for signed credentials and for no others', async () => {
  const turn = await coturnServer()
  await relay(turn, inAnHour())
  await assert.rejects(relay({ ...turn, secret: 'wrong' }, inAnHour()))
  await assert.rejects(relay(turn, inAnHour() - 7_200))
})
