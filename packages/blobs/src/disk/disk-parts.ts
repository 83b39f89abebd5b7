import { randomUUID } from 'node:crypto'
import type { Blobs, OpenParts, PartsUpload } from '../blobs.ts'
import type { DiskAccess } from './disk-access.ts'
import { toDiskError } from './disk-reason.ts'

type Parts = Pick<Blobs, 'beginParts' | 'finishParts' | 'abortParts' | 'listParts'>

const prefix = 'parts/'

function folderKey({ uploadId }: PartsUpload): string {
  return `${prefix}${uploadId}`
}

/** Where the parts of an upload wait for each other; the last of the name puts them in order. */
export function partKey(upload: PartsUpload, part: number): string {
  return `${folderKey(upload)}/${upload.key}/${String(part).padStart(5, '0')}`
}

/** Which upload a part is of. */
function readUpload(partKeyOfIt: string): PartsUpload {
  const [uploadId = '', ...names] = partKeyOfIt.slice(prefix.length).split('/')
  return { uploadId, key: names.slice(0, -1).join('/') }
}

/** Uploads in parts, each a file until the last is there. */
export function createParts({ files, calls, assertRoom, run }: DiskAccess): Parts {
  const listParts = async (upload: PartsUpload) => {
    const keys: string[] = []
    for await (const { key } of files.list(`${folderKey(upload)}/`)) keys.push(key)
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
    finishParts: (upload) =>
      run('finish_parts', async () => {
        const parts = await listParts(upload)
        if (parts.length === 0) return false
        await files.put(upload.key, readParts(parts))
        await files.removeFolder(folderKey(upload))
        return true
      }),
    abortParts: (upload) => run('abort_parts', () => files.removeFolder(folderKey(upload))),
    async *listParts() {
      calls.assertNotAway()
      const newest = new Map<string, OpenParts>()
      try {
        for await (const { key, modifiedAt } of files.list(prefix)) {
          const upload = readUpload(key)
          const known = newest.get(upload.uploadId)
          if (!known || known.modifiedAt < modifiedAt) newest.set(upload.uploadId, { ...upload, modifiedAt })
        }
      } catch (error) {
        throw toDiskError(error)
      }
      yield* newest.values()
    },
  }
}
