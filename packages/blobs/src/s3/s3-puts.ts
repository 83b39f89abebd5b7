import { open } from 'node:fs/promises'
import { blobLimits } from '../blob-limits.ts'
import type { Blobs } from '../blobs.ts'
import { orNothing, type S3Access } from './s3-access.ts'

/** Reads a file piece by piece, each as large as a part may be. */
async function* readPieces(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path)
  const { size } = await file.stat()
  for (let from = 0; from < size; ) {
    const bytes = Buffer.alloc(Math.min(blobLimits.partBytes, size - from))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
    if (bytesRead < bytes.length) throw new Error(`${path} became shorter while it was read`)
    from += bytes.length
    yield bytes
  }
}

const transfer = { timeoutMs: blobLimits.transferMs }

/** Sends what is large to the store in parts, each within the time that a call may take. */
export function createPuts({ client, bucket, run }: S3Access): Pick<Blobs, 'putFile' | 'putPieces'> {
  const putWhole = (key: string, bytes: Buffer, headers: Record<string, string>) =>
    run('put', () => client.putObject(bucket, key, bytes, bytes.length, headers), transfer)

  async function putParts(key: string, pieces: AsyncIterable<Buffer>, headers: Record<string, string>): Promise<void> {
    const begin = () => client.initiateNewMultipartUpload(bucket, key, headers)
    const uploadID = await run('begin_parts', begin, { isOnce: true })
    try {
      const parts: { part: number; etag: string }[] = []
      for await (const bytes of pieces) {
        const place = { bucketName: bucket, objectName: key, uploadID, partNumber: parts.length + 1, headers: {} }
        const { etag } = await run('put', () => client.uploadPart(place, bytes), transfer)
        parts.push({ part: place.partNumber, etag })
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

  return {
    async putFile(key, path, contentType) {
      const headers = { 'content-type': contentType }
      await using file = await open(path)
      const { size } = await file.stat()
      if (size <= blobLimits.partBytes) await putWhole(key, await file.readFile(), headers)
      else await putParts(key, readPieces(path), headers)
    },
    putPieces: (key, pieces, contentType) => putParts(key, pieces, { 'content-type': contentType }),
  }
}
