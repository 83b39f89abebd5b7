import { createReadStream } from 'node:fs'
import { dumpArchive } from '../archive/dump-archive.ts'
import { BackupFault } from '../fault.ts'
import { writeLines } from '../lines/sealed-lines.ts'
import { dumpObjects } from '../objects/dump-objects.ts'
import { listSets, type Manifest, type StoreFacts, type StreamFacts, writeManifest } from '../sets/manifest.ts'
import { removeUnneeded } from '../sets/remove-unneeded.ts'
import { newSetName } from '../sets/set-keys.ts'
import { dumpSql } from '../sql/dump-sql.ts'
import type { Stage } from '../stage.ts'

/** Does the part of one store, and notes when it was done and how long it took. */
async function timed<T extends { streams: StreamFacts[] }>(
  work: Promise<T>,
): Promise<{ result: T; facts: StoreFacts }> {
  const startedAt = performance.now()
  const result = await work
  const seconds = (performance.now() - startedAt) / 1_000
  return { result, facts: { streams: result.streams, seconds, finishedAt: new Date().toISOString() } }
}

async function dumpInstallation({ vault, config }: Stage, set: string): Promise<{ streams: StreamFacts[] }> {
  const lines = createReadStream(config.installationFile)
  try {
    return { streams: [await writeLines(vault, { set, name: 'installation', lines })] }
  } catch (error) {
    if (!lines.errored) throw error
    throw new BackupFault('There is no copy of .env and secrets/ to keep. Run ./ops init, which makes it.', {
      cause: error,
    })
  }
}

export const bytesOf = ({ streams }: StoreFacts): number =>
  streams.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
export const rowsOf = ({ streams }: StoreFacts): number => streams.reduce((sum, { rows }) => sum + rows, 0)

/**
 * Takes a backup. What is left of one that was interrupted goes first, which also makes room; what this one writes counts
 * with its manifest, and therefore not before all of it is there.
 */
export async function takeBackup(stage: Stage, startedAt = new Date()): Promise<Manifest> {
  const { vault, config, objects: source, archive: client, tell } = stage
  const set = newSetName(startedAt)
  await removeUnneeded(vault)
  const [previous] = await listSets(vault)
  const sql = await timed(dumpSql(vault, { set, server: config }))
  tell(`sql           ${rowsOf(sql.facts)} rows of ${sql.facts.streams.length} tables`)
  const keyspace = config.cassandraKeyspace
  const archive = await timed(dumpArchive(vault, { set, client, keyspace }))
  tell(`archive       ${rowsOf(archive.facts)} rows`)
  const files = await timed(dumpObjects(vault, { source, set, previous }))
  const { objects } = files.result
  tell(`objects       ${objects.count} of ${objects.bytes} bytes, ${objects.newBytes} of them new`)
  const installation = await timed(dumpInstallation(stage, set))
  tell('installation  .env and secrets')
  const manifest: Manifest = {
    ...{ format: 1, set, revision: config.revision, schemaVersion: sql.result.schemaVersion },
    ...{ startedAt: startedAt.toISOString(), finishedAt: new Date().toISOString(), objects },
    stores: { sql: sql.facts, archive: archive.facts, objects: files.facts, installation: installation.facts },
  }
  await writeManifest(vault, manifest)
  return manifest
}
