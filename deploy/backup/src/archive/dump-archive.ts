import type { Client } from 'cassandra-driver'
import { toBytes, writeLines } from '../lines/sealed-lines.ts'
import type { StreamFacts } from '../sets/manifest.ts'
import type { Vault } from '../vault.ts'
import { archiveTables, readTable } from './archive-tables.ts'

export const streamOf = (table: string): string => `archive/${table}`

/**
 * Keeps the rows of the archive. They are read while others are written: what the database's moment does not know is
 * dropped after a restore, as its epoch demands.
 */
export async function dumpArchive(
  vault: Vault,
  { set, client, keyspace }: { set: string; client: Client; keyspace: string },
): Promise<{ streams: StreamFacts[] }> {
  const streams: StreamFacts[] = []
  for (const table of archiveTables) {
    const lines = toBytes(readTable(client, { keyspace, suffix: '' }, table))
    streams.push(await writeLines(vault, { set, name: streamOf(table), lines }))
  }
  return { streams }
}
