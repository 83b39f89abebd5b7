import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { cassandraEnv, openCassandra } from '@secureconnect/test/cassandra'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { createClient } from '../src/archive/cassandra-client.ts'
import { ensureSchema } from '../src/archive/cassandra-schema.ts'
import { cassandraSettings } from '../src/config.ts'

const fullSize = onlyAtFullSize('making and dropping a keyspace takes seconds')

test(
  'a login that owns a keyspace which somebody made, and nothing else, makes its tables there',
  fullSize,
  async () => {
    await using cleanup = new AsyncDisposableStack()
    const administrator = await openCassandra({ after: (work) => cleanup.defer(async () => void (await work())) })
    const name = `own_${randomBytes(6).toString('hex')}`
    const password = randomBytes(16).toString('hex')
    const env = {
      ...(await cassandraEnv()),
      CASSANDRA_USER: name,
      CASSANDRA_PASSWORD: password,
      CASSANDRA_KEYSPACE: name,
    }
    const config = parseConfig(cassandraSettings, { env })
    const replication = `{'class': 'NetworkTopologyStrategy', '${config.cassandraDataCenter}': 1}`
    await administrator.execute(`create keyspace ${name} with replication = ${replication}`)
    cleanup.defer(async () => void (await administrator.execute(`drop keyspace ${name}`)))
    await administrator.execute(`create role ${name} with password = '${password}' and login = true`)
    cleanup.defer(async () => void (await administrator.execute(`drop role ${name}`)))
    await administrator.execute(`grant all permissions on keyspace ${name} to ${name}`)
    const { client, close } = await createClient(config)
    cleanup.defer(close)
    await client.connect()
    await ensureSchema(client, config)
    await client.execute(`select * from ${name}.messages`)
  },
)
