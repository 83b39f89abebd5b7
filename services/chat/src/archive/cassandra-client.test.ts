import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from './cassandra-client.ts'

test('no default of the client is left in force', async () => {
  const { client, close } = await createClient({
    cassandraHosts: ['cassandra'],
    cassandraPort: 9042,
    cassandraDataCenter: 'datacenter1',
    cassandraKeyspace: 'secureconnect',
    cassandraReplicationFactor: 1,
    cassandraUser: undefined,
    cassandraPassword: undefined,
    cassandraTlsCa: undefined,
  })
  const { socketOptions, pooling, policies, queryOptions } = Reflect.get(client, 'options')
  assert.equal(socketOptions.connectTimeout, 2_000)
  assert.equal(socketOptions.readTimeout, 2_000)
  assert.equal(pooling.maxRequestsPerConnection, 64)
  assert.equal(policies.retry.constructor.name, 'FallthroughRetryPolicy')
  assert.equal(queryOptions.prepare, true)
  await close()
})
