import type { Client } from 'cassandra-driver'
import type { CassandraConfig } from '../config.ts'

/** Seqs in a partition: old quiet conversations cost as little as new ones, and none grows without bound. */
export const seqsPerBucket = 2_000

export const bucketOf = (seq: number) => Math.floor(seq / seqsPerBucket)

export const archiveTables = ['messages', 'message_by_id', 'passed_buckets'] as const

export type Table = (typeof archiveTables)[number]

/**
 * The statements that make the tables where they are missing, with something behind their names if need be. Write timestamps
 * are no times, so nothing may compact by time windows.
 */
export function defineTables(keyspace: string, suffix = ''): string[] {
  return [
    `create table if not exists ${keyspace}.messages${suffix} (
      conversation_id uuid, bucket int, seq bigint, message_id uuid, applied bigint, number bigint, sender_id uuid,
      content text, data text, versions text, edited_at timestamp, deleted_at timestamp, deletion_reason text,
      expires_at timestamp, created_at timestamp,
      primary key ((conversation_id, bucket), seq)
     ) with clustering order by (seq desc) and compaction = {'class': 'UnifiedCompactionStrategy'}`,
    `create table if not exists ${keyspace}.message_by_id${suffix} (
      message_id uuid primary key, conversation_id uuid, seq bigint
     ) with compaction = {'class': 'UnifiedCompactionStrategy'}`,
    `create table if not exists ${keyspace}.passed_buckets${suffix} (conversation_id uuid, bucket int,
      primary key ((conversation_id), bucket)
     ) with clustering order by (bucket desc) and compaction = {'class': 'UnifiedCompactionStrategy'}`,
  ]
}

function defineKeyspace({
  cassandraKeyspace: keyspace,
  cassandraDataCenter: dataCenter,
  cassandraReplicationFactor: copies,
}: CassandraConfig): string {
  return `create keyspace if not exists ${keyspace}
    with replication = {'class': 'NetworkTopologyStrategy', '${dataCenter}': ${copies}}`
}

async function hasKeyspace(client: Client, keyspace: string): Promise<boolean> {
  const known = 'select keyspace_name from system_schema.keyspaces where keyspace_name = ?'
  return (await client.execute(known, [keyspace], { prepare: true })).rows.length > 0
}

/** Makes keyspace and tables where they are missing; what is there it needs no right to make. */
export async function ensureSchema(client: Client, config: CassandraConfig): Promise<void> {
  const { cassandraKeyspace: keyspace } = config
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace)) throw new Error(`CASSANDRA_KEYSPACE is no name: ${keyspace}`)
  const known = 'select table_name from system_schema.tables where keyspace_name = ?'
  const { rows } = await client.execute(known, [keyspace], { prepare: true })
  const names = new Set(rows.map((row) => row.get('table_name')))
  if (archiveTables.every((name) => names.has(name))) return
  const ofKeyspace = (await hasKeyspace(client, keyspace)) ? [] : [defineKeyspace(config)]
  for (const definition of [...ofKeyspace, ...defineTables(keyspace)])
    await client.execute(definition, [], { prepare: false })
}
