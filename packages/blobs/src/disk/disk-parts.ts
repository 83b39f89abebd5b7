import { randomUUID } from 'node:crypto'
import type { Blobs } from '../blobs.ts'
import type { DiskAccess } from './disk-access.ts'

type Parts = Pick<Blobs, 'beginParts' | 'finishParts' | 'abortParts'>

function folderKey(uploadId: string): string {
  return `parts/${uploadId}`
}

/** Where the parts of an upload wait for each other; the last of the name puts them in order. */
export function partKey(uploadId: string, part: number): string {
  return `${folderKey(uploadId)}/${String(part).padStart(5, '0')}`
}

/** Uploads in parts, each a file until the last is there. */
export function createParts({ files, assertRoom, run }: DiskAccess): Parts {
  const listParts = async (uploadId: string) => {
    const keys: string[] = []
    for await (const { key } of files.list(`${folderKey(uploadId)}/`)) keys.push(key)
    return keys.toSorted()
  }
  const readParts = async function* (keys: readonly string[]): AsyncGenerator<Buffer> {
    for (const key of keys) {
      const file = await files.open(key)
      if (!file) throw new Error(`the part ${key} is gone`)
      yield* file.handle.createReadStream()
    }
  }
  return {
    async beginParts({ key }) {
      await assertRoom(0)
      return { key, uploadId: randomUUID() }
    },
    finishParts: ({ key, uploadId }) =>
      run('finish_parts', async () => {
        const parts = await listParts(uploadId)
        if (parts.length === 0) return false
        await files.put(key, readParts(parts))
        await files.removeFolder(folderKey(uploadId))
        return true
      }),
    abortParts: ({ uploadId }) => run('abort_parts', () => files.removeFolder(folderKey(uploadId))),
  }
}
