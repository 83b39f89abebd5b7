import { repeat } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { removeFile } from '../files/remove-file.ts'
import { listEndedUploads, lockEndedUpload } from '../stores/uploads.ts'

const everyMs = 60_000
const uploadsAtOnce = 100

type Needed = Pick<Context, 'sql' | 'kv' | 'events'>

async function endUpload({ sql, kv }: Needed, fileId: string): Promise<boolean> {
  return sql.background.transaction(async (tx) => {
    const upload = await lockEndedUpload(tx, fileId)
    if (upload) await removeFile(tx, upload, kv)
    return upload !== undefined
  })
}

/** Ends uploads that were announced and never completed: what they reserved is free again, and their bytes go. */
export async function endUploads(context: Needed, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const fileIds = await listEndedUploads(context.sql.background, uploadsAtOnce)
    let count = 0
    for (const fileId of fileIds) {
      if (signal?.aborted) break
      if (await endUpload(context, fileId)) count++
    }
    if (count > 0) context.events.uploadsEnded({ count })
    if (fileIds.length < uploadsAtOnce || signal?.aborted) return
  }
}

export function keepEndingUploads(context: Needed & Pick<Context, 'log'>): AsyncDisposable {
  return repeat({ name: 'ended uploads', everyMs, log: context.log, work: (signal) => endUploads(context, signal) })
}
