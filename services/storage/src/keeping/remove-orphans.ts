import type { BlobListing, OpenParts } from '@secureconnect/blobs'
import { repeat } from '@secureconnect/service'
import type { Queries } from '@secureconnect/sql'
import { filePrefix, previewPrefix, readFileId, stagingKey, stagingPrefix } from '../blob-keys.ts'
import type { Context } from '../context.ts'
import { type FileRow, listFiles } from '../stores/files.ts'

const triedEveryMs = 3_600_000
/** The processes take turns: one of them looks through the store in this time. */
const turnMs = 86_400_000
const turn = 'storage:orphans'
const comparedAtOnce = 500

type Needed = Pick<Context, 'sql' | 'blobs' | 'config' | 'events'>

/** The files that some keys of the store were made for, as far as there are any. */
function listFilesOf(sql: Queries, found: readonly { key: string }[]): Promise<FileRow[]> {
  return listFiles(
    sql,
    found.map(({ key }) => readFileId(key)).filter((id) => id !== undefined),
  )
}

/** Those of some objects that no file has its bytes in. */
async function pickOrphans(sql: Queries, objects: readonly BlobListing[]): Promise<BlobListing[]> {
  const files = await listFilesOf(sql, objects)
  const owned = new Set(
    files.flatMap(({ file_id, state, object_key, preview_key }) => [
      object_key,
      preview_key,
      state === 'pending' ? stagingKey(file_id) : null,
    ]),
  )
  return objects.filter(({ key }) => !owned.has(key))
}

/** Those of some uploads in parts that no file is waiting for. */
async function pickLostParts(sql: Queries, uploads: readonly OpenParts[]): Promise<OpenParts[]> {
  const files = await listFilesOf(sql, uploads)
  const awaited = new Set(files.map(({ parts_id }) => parts_id))
  return uploads.filter(({ uploadId }) => !awaited.has(uploadId))
}

type Search<T> = { listed: AsyncIterable<T>; pick: (sql: Queries, some: readonly T[]) => Promise<T[]> }

/** What is picked of all that is old enough; no more than a run may remove. */
async function findOld<T extends { modifiedAt: Date }>(
  { sql: { background }, config }: Needed,
  { listed, pick }: Search<T>,
  signal?: AbortSignal,
): Promise<T[]> {
  const madeBefore = Date.now() - config.orphanAgeHours * 3_600_000
  const found: T[] = []
  let old: T[] = []
  for await (const one of listed) {
    if (one.modifiedAt.getTime() < madeBefore) old.push(one)
    if (old.length < comparedAtOnce) continue
    found.push(...(await pick(background, old)))
    old = []
    if (signal?.aborted || found.length >= config.orphansPerRun) break
  }
  found.push(...(await pick(background, old)))
  return found.slice(0, config.orphansPerRun)
}

/**
 * Removes what no file refers to and nobody can be about to make a file of, or only tells of it. While the store cannot
 * be listed to its end, all of it is left as it is.
 */
export async function removeOrphans(context: Needed, signal?: AbortSignal): Promise<readonly string[]> {
  const { blobs, config, events } = context
  const objects: BlobListing[] = []
  for (const prefix of [stagingPrefix, filePrefix, previewPrefix]) {
    objects.push(...(await findOld(context, { listed: blobs.list(prefix), pick: pickOrphans }, signal)))
  }
  const orphans = objects.slice(0, config.orphansPerRun)
  const parts = await findOld(context, { listed: blobs.listParts(), pick: pickLostParts }, signal)
  const keys = [...orphans, ...parts].map(({ key }) => key)
  if (keys.length === 0 || signal?.aborted) return []
  const isRemoved = !config.orphanDryRun
  if (isRemoved) {
    await blobs.remove(orphans.map(({ key }) => key))
    for (const upload of parts) await blobs.abortParts(upload)
  }
  const bytes = orphans.reduce((sum, { size }) => sum + size, 0)
  events.orphansFound({ count: keys.length, bytes, isRemoved })
  return keys
}

export function keepRemovingOrphans(context: Needed & Pick<Context, 'kv' | 'log'>): AsyncDisposable {
  const { kv, log } = context
  const work = async (signal: AbortSignal) => {
    if (!(await kv.set(turn, '1', { ttlMs: turnMs, onlyIfAbsent: true }))) return
    try {
      await removeOrphans(context, signal)
    } catch (error) {
      await kv.delete(turn)
      throw error
    }
  }
  return repeat({ name: 'orphans', everyMs: triedEveryMs, log, work })
}
