import type { BlobListing } from '@secureconnect/blobs'
import { repeat } from '@secureconnect/service'
import type { Queries } from '@secureconnect/sql'
import { filePrefix, previewPrefix, readFileId, stagingKey, stagingPrefix } from '../blob-keys.ts'
import type { Context } from '../context.ts'
import { listFiles } from '../stores/files.ts'

const triedEveryMs = 3_600_000
/** The processes take turns: one of them looks through the store in this time. */
const turnMs = 86_400_000
const turn = 'storage:orphans'
const comparedAtOnce = 500

type Needed = Pick<Context, 'sql' | 'blobs' | 'config' | 'events'>

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Those of some objects that no file has its bytes in. */
async function pickOrphans(sql: Queries, objects: readonly BlobListing[]): Promise<BlobListing[]> {
  const ids = objects.map(({ key }) => readFileId(key)).filter((id) => id !== undefined && uuid.test(id))
  const files = await listFiles(
    sql,
    [...new Set(ids)].filter((id) => id !== undefined),
  )
  const owned = new Set(
    files.flatMap(({ file_id, state, object_key, preview_key }) => [
      object_key,
      preview_key,
      state === 'pending' ? stagingKey(file_id) : null,
    ]),
  )
  return objects.filter(({ key }) => !owned.has(key))
}

/** Objects that no file refers to and that nobody can be about to make a file of; no more of them than a run may remove. */
async function findOrphans(
  { sql: { background }, blobs, config }: Needed,
  signal?: AbortSignal,
): Promise<BlobListing[]> {
  const madeBefore = Date.now() - config.orphanAgeHours * 3_600_000
  const found: BlobListing[] = []
  for (const prefix of [stagingPrefix, filePrefix, previewPrefix]) {
    let old: BlobListing[] = []
    for await (const object of blobs.list(prefix)) {
      if (object.modifiedAt.getTime() < madeBefore) old.push(object)
      if (old.length < comparedAtOnce) continue
      found.push(...(await pickOrphans(background, old)))
      old = []
      if (signal?.aborted || found.length >= config.orphansPerRun) break
    }
    found.push(...(await pickOrphans(background, old)))
  }
  return found.slice(0, config.orphansPerRun)
}

/** Removes what no file refers to, or only tells of it. What cannot be listed whole is left as it is. */
export async function removeOrphans(context: Needed, signal?: AbortSignal): Promise<readonly string[]> {
  const { blobs, config, events } = context
  const orphans = await findOrphans(context, signal)
  if (orphans.length === 0 || signal?.aborted) return []
  const keys = orphans.map(({ key }) => key)
  const isRemoved = !config.orphanDryRun
  if (isRemoved) await blobs.remove(keys)
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
