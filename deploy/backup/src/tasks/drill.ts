import { openBulkSession } from '@secureconnect/sql/bulk'
import { compareArchive, createBeside, dropBeside, loadArchive } from '../archive/load-archive.ts'
import { checkObjects } from '../objects/load-objects.ts'
import type { Manifest } from '../sets/manifest.ts'
import { compareSql, dropSchema, loadSql } from '../sql/load-sql.ts'
import type { Stage } from '../stage.ts'
import { checkStreams } from './verify-set.ts'

const schema = 'restore_drill'
const suffix = '_drill'

export type Drilled = { set: string; tables: number; rows: number; messages: number; objects: number; seconds: number }

async function drillSql({ vault, config, tell }: Stage, manifest: Manifest) {
  const server = { ...config, schema }
  try {
    await loadSql(vault, manifest, server)
    const found = await compareSql(manifest, server)
    tell(`sql           ${found.rows} rows of ${found.tables} tables came back as they were`)
    return found
  } finally {
    await using session = await openBulkSession(config)
    await dropSchema(session, schema)
  }
}

async function drillArchive({ vault, config, archive, tell }: Stage, manifest: Manifest) {
  const tables = { keyspace: config.cassandraKeyspace, suffix }
  try {
    await dropBeside(archive, tables)
    await createBeside(archive, tables)
    await loadArchive(vault, manifest, archive, tables)
    const found = await compareArchive(manifest, archive, tables)
    tell(`archive       ${found.rows} rows came back as they were`)
    return found
  } finally {
    await dropBeside(archive, tables)
  }
}

/**
 * Restores a set beside the running system: its tables into a schema and tables of their own, which are read again and
 * compared. Objects are opened and compared without being stored a second time. Nothing of it stays.
 */
export async function drill(stage: Stage, manifest: Manifest): Promise<Drilled> {
  const startedAt = performance.now()
  const sql = await drillSql(stage, manifest)
  const archive = await drillArchive(stage, manifest)
  const objects = await checkObjects(stage.vault, manifest)
  stage.tell(`objects       ${objects.count} of ${objects.bytes} bytes are as they were`)
  await checkStreams(stage.vault, manifest, 'installation')
  stage.tell('installation  can be read')
  const seconds = (performance.now() - startedAt) / 1_000
  return { set: manifest.set, ...sql, messages: archive.rows, objects: objects.count, seconds }
}
