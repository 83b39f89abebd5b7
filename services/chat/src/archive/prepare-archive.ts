import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@secureconnect/logging'
import type { Client } from 'cassandra-driver'
import type { CassandraConfig } from '../config.ts'
import { actAs, asName, inQuotes } from './act-at-cassandra.ts'
import { ensureSchema } from './cassandra-schema.ts'

/** The superuser that every new Cassandra comes with. */
const known = { cassandraUser: 'cassandra', cassandraPassword: 'cassandra' }

const pauseMs = 2_000

/** Makes our login and what it owns. Last of all nobody knows the superuser's password any more, so this can begin again. */
async function takeOver(client: Client, config: CassandraConfig): Promise<void> {
  const { cassandraUser = '', cassandraPassword = '', cassandraKeyspace: keyspace } = config
  const login = asName(cassandraUser)
  await ensureSchema(client, config)
  const statements = [
    `create role if not exists ${login} with login = true and superuser = false`,
    `alter role ${login} with password = ${inQuotes(cassandraPassword)}`,
    `grant all permissions on keyspace ${keyspace} to ${login}`,
    `alter role ${asName(known.cassandraUser)} with password = ${inQuotes(randomBytes(32).toString('base64url'))}`,
  ]
  for (const statement of statements) await client.execute(statement, [], { prepare: false })
}

/** Takes Cassandra from the login that everybody knows to our own, however long the server takes to come. */
export async function prepareArchive(config: CassandraConfig, { log }: { log: Logger }): Promise<void> {
  for (let told = ''; ; await delay(pauseMs)) {
    const asKnown = await actAs({ ...config, ...known }, (client) => takeOver(client, config))
    const asOurs = asKnown === 'away' ? 'away' : await actAs(config, (client) => ensureSchema(client, config))
    if (asKnown !== 'done' && asOurs === 'done') return log.info('the archive is ours')
    const fault = { away: 'does not answer', refused: 'takes neither its first login nor ours yet', done: '' }[asOurs]
    if (fault !== told && fault !== '') log.warn({ dependency: 'cassandra' }, `Cassandra ${fault}: trying again`)
    told = fault
  }
}
