import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { enqueueRemoval } from '../recording/remove-recording.ts'
import { findComposite, type Held, listMakers } from '../stores/composites.ts'

type Needed = Pick<Context, 'sql' | 'kv' | 'config'>

const rootOf = ({ recordingsFolder, videoNode }: Needed['config']) => join(recordingsFolder, `${videoNode}.composites`)

/** Where a process makes a composite; its name tells others which one, should that process be killed. */
export function scratchOf(config: Needed['config'], { holder, recording_id, composite_id }: Held): string {
  return join(rootOf(config), holder, `${recording_id}.${composite_id}`)
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Removes what processes left that were killed, and from the store what nobody wanted any more when they were. */
export async function removeStrays({ sql, kv, config }: Needed, own: string): Promise<void> {
  const root = rootOf(config)
  const makers = new Set([own, ...(await listMakers(sql.background))])
  for (const holder of await listFolder(root)) {
    if (makers.has(holder)) continue
    for (const left of await listFolder(join(root, holder))) {
      const [recording_id = '', composite_id = ''] = left.split('.')
      if ((await findComposite(sql.background, recording_id))?.composite_id === composite_id) continue
      await sql.background.transaction((tx) => enqueueRemoval(tx, { recording_id, segment_ids: [composite_id] }, kv))
    }
    await rm(join(root, holder), { recursive: true, force: true })
  }
}
