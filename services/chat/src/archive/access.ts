/** How backups reach the archive: they keep its rows as they are, and know nothing of messages. */
export { type CassandraConfig, cassandraSettings } from '../config.ts'
export { createClient, type OwnedClient } from './cassandra-client.ts'
export { archiveTables, defineTables, ensureSchema, type Table as ArchiveTable } from './cassandra-schema.ts'
