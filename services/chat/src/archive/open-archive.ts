import type { Dependency } from '@secureconnect/service'
import type { Context } from '../context.ts'
import type { Archive } from './archive.ts'
import { createSqlArchive } from './sql-archive.ts'

type Opened = AsyncDisposable & { archive: Archive; dependency?: Dependency }

/** Opens the archive that the configuration names: Cassandra, or the database itself. */
export async function openArchive({
  config,
  sql,
  metrics,
  log,
}: Pick<Context, 'config' | 'sql' | 'metrics' | 'log'>): Promise<Opened> {
  if (config.cassandraHosts.length === 0) {
    return { archive: createSqlArchive(sql), [Symbol.asyncDispose]: async () => undefined }
  }
  const { CassandraConnection } = await import('./cassandra-connection.ts')
  const { createCassandraArchive } = await import('./cassandra-archive.ts')
  const connection = await CassandraConnection.create({ config, metrics, log })
  return {
    archive: createCassandraArchive(connection, config.cassandraKeyspace),
    dependency: { probe: connection.probe, required: false },
    [Symbol.asyncDispose]: () => connection.close(),
  }
}
