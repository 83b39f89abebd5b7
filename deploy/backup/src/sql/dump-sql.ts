import type { PostgresOptions } from '@secureconnect/sql'
import { openBulkSession } from '@secureconnect/sql/bulk'
import { Type } from 'typebox'
import { BackupFault } from '../fault.ts'
import { writeLines } from '../lines/sealed-lines.ts'
import type { StreamFacts } from '../sets/manifest.ts'
import type { Vault } from '../vault.ts'
import { copyOutOf, listTables } from './list-tables.ts'

const Version = Type.Object({ version: Type.Number() })

/** The stream of a table. */
export const streamOf = (table: string): string => `sql/${table}`

/** Keeps every table as it is at one moment, however long that takes: a reading transaction stops nobody. */
export async function dumpSql(
  vault: Vault,
  { set, server }: { set: string; server: PostgresOptions },
): Promise<{ streams: StreamFacts[]; schemaVersion: number }> {
  if (server.sqlEngine === 'cockroach')
    throw new BackupFault('CockroachDB has backups of its own, which docs/operations.md describes.')
  await using session = await openBulkSession(server)
  await session.run('begin isolation level repeatable read read only')
  const [found] = await session.many(Version, 'select max(version)::int as version from schemaversion')
  const streams: StreamFacts[] = []
  for (const table of await listTables(session)) {
    const lines = session.copyOut(copyOutOf(table))
    streams.push(await writeLines(vault, { set, name: streamOf(table.name), lines }))
  }
  await session.run('commit')
  return { streams, schemaVersion: found?.version ?? 0 }
}
