import { open } from 'node:fs/promises'
import { blobLimits } from '../blob-limits.ts'
import type { Blobs } from '../blobs.ts'
import { orNothing, type S3Access } from './s3-access.ts'

type Piece = { part: number; bytes: Buffer }

/** Reads a file piece by piece, each as large as a part may be; an empty one is one empty piece. */
async function* readPieces(path: string): AsyncGenerator<Piece> {
  await using file = await open(path)
  const { size } = await file.stat()
  for (let part = 1, from = 0; part === 1 || from < size; part += 1) {
    const bytes = Buffer.alloc(Math.min(blobLimits.partBytes, size - from))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
    if (bytesRead < bytes.length) throw new Error(`${path} became shorter while it was read`)
    from += bytes.length
    yield { part, bytes }
  }
}

const transfer = { timeoutMs: blobLimits.transferMs }

/** Sends files to the store, the large ones in parts, each within the time that a call may take. */
export function createPutFile({ client, bucket, run }: S3Access): Blobs['putFile'] {
  const putWhole = (key: string, bytes: Buffer, headers: Record<string, string>) =>
    run('put', () => client.putObject(bucket, key, bytes, bytes.length, headers), transfer)

  async function putParts(key: string, path: string, headers: Record<string, string>): Promise<void> {
    const begin = () => client.initiateNewMultipartUpload(bucket, key, headers)
    const uploadID = await run('begin_parts', begin, { isOnce: true })
    try {
      const parts: { part: number; etag: string }[] = []
      for await (const { part, bytes } of readPieces(path)) {
        const place = { bucketName: bucket, objectName: key, uploadID, partNumber: part, headers: {} }
        const { etag } = await run('put', () => client.uploadPart(place, bytes), transfer)
        parts.push({ part, etag })
      }
      const finish = () => client.completeMultipartUpload(bucket, key, uploadID, parts)
      await run('finish_parts', finish, { ...transfer, isOnce: true })
    } catch (error) {
      // What cannot be let go of now is found by who looks for lost uploads.
      const abort = () => orNothing(client.abortMultipartUpload(bucket, key, uploadID), undefined)
      await run('abort_parts', abort).catch(() => undefined)
      throw error
    }
  }

  return async (key, path, contentType) => {
    const headers = { 'content-type': contentType }
    await using file = await open(path)
    const { size } = await file.stat()
    if (size <= blobLimits.partBytes) await putWhole(key, await file.readFile(), headers)
    else await putParts(key, path, headers)
  }
}
