import { type ArchiveTable, defineTables } from '@secureconnect/chat-service/archive'
import type { Client } from 'cassandra-driver'
import { BackupFault } from '../fault.ts'
import { isSame, sumLines } from '../lines/count-lines.ts'
import { readLines, splitLines, toBytes } from '../lines/sealed-lines.ts'
import type { Manifest } from '../sets/manifest.ts'
import type { Vault } from '../vault.ts'
import { archiveTables, nameOf, readTable, type Tables, writeRow } from './archive-tables.ts'
import { streamOf } from './dump-archive.ts'

const writesAtOnce = 32

function findFacts({ set, stores }: Manifest, table: ArchiveTable) {
  const facts = stores.archive.streams.find(({ name }) => name === streamOf(table))
  if (facts) return facts
  throw new BackupFault(`${set} lacks the archive's ${table}. Use another set.`)
}

async function writeAll(client: Client, name: string, lines: AsyncGenerator<string>): Promise<void> {
  const workers = Array.from({ length: writesAtOnce }, async () => {
    for await (const line of lines) await writeRow(client, name, line)
  })
  await Promise.all(workers)
}

/** Puts the rows of a set into tables, which are empty then but for them. */
export async function loadArchive(vault: Vault, manifest: Manifest, client: Client, tables: Tables): Promise<void> {
  for (const table of archiveTables) {
    const name = nameOf(tables, table)
    await client.execute(`truncate ${name}`, [], { readTimeout: 60_000 })
    await writeAll(client, name, splitLines(readLines(vault, manifest.set, findFacts(manifest, table))))
  }
}

/** Reads the tables again, and says whether they are those of the set. */
export async function compareArchive(manifest: Manifest, client: Client, tables: Tables): Promise<{ rows: number }> {
  let rows = 0
  for (const table of archiveTables) {
    const [found, facts] = [await sumLines(toBytes(readTable(client, tables, table))), findFacts(manifest, table)]
    if (!isSame(found, facts))
      throw new BackupFault(`The archive's ${table} came back with ${found.rows} rows, unlike the ${facts.rows} kept.`)
    rows += found.rows
  }
  return { rows }
}

/** Tables beside those in use, of which Cassandra keeps nothing once they are dropped. */
export async function createBeside(client: Client, tables: Tables): Promise<void> {
  for (const definition of defineTables(tables.keyspace, tables.suffix))
    await client.execute(`${definition} and allow_auto_snapshot = false`, [], { prepare: false })
}

export async function dropBeside(client: Client, tables: Tables): Promise<void> {
  for (const table of archiveTables) {
    const options = { prepare: false, readTimeout: 60_000 }
    await client.execute(`drop table if exists ${nameOf(tables, table)}`, [], options)
  }
}

/** Whether the archive has any message. */
export async function hasMessages(client: Client, keyspace: string): Promise<boolean> {
  const { rows } = await client.execute(`select seq from ${keyspace}.messages limit 1`, [], { prepare: true })
  return rows.length > 0
}
