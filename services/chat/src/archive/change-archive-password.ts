import type { CassandraConfig } from '../config.ts'
import { actAs, asName, inQuotes } from './act-at-cassandra.ts'

/** Gives our login at Cassandra another password; where it has that one already, all is well. */
export async function changeArchivePassword(config: CassandraConfig, password: string): Promise<void> {
  const byNew = await actAs({ ...config, cassandraPassword: password }, async () => undefined)
  if (byNew === 'done') return
  const statement = `alter role ${asName(config.cassandraUser ?? '')} with password = ${inQuotes(password)}`
  const byOld = await actAs(config, async (client) => void (await client.execute(statement, [], { prepare: false })))
  if (byOld === 'done') return
  throw new Error(
    byOld === 'away' ? 'Cassandra does not answer.' : 'Cassandra takes neither the old nor the new password.',
  )
}
