import { blobLimits } from '../blob-limits.ts'
import type { Blobs } from '../blobs.ts'
import { orNothing, type S3Access } from './s3-access.ts'

type Parts = Pick<Blobs, 'beginParts' | 'finishParts' | 'abortParts' | 'listParts'>

/** Uploads in parts. */
export function createParts({ client, bucket, run }: S3Access): Parts {
  return {
    async beginParts({ key, contentType }) {
      const begin = () => client.initiateNewMultipartUpload(bucket, key, { 'content-type': contentType })
      return { key, uploadId: await run('begin_parts', begin, { isOnce: true }) }
    },
    finishParts({ key, uploadId }) {
      const finish = async () => {
        const parts = await client.allParts(bucket, key, uploadId)
        if (parts.length === 0) return false
        await client.completeMultipartUpload(bucket, key, uploadId, parts)
        return true
      }
      const options = { timeoutMs: blobLimits.transferMs, isOnce: true }
      return run('finish_parts', () => orNothing(finish(), false), options)
    },
    abortParts: ({ key, uploadId }) =>
      run('abort_parts', () => orNothing(client.abortMultipartUpload(bucket, key, uploadId), undefined)),
    async *listParts() {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const marker: string = after
        const page = await run('list', () => client.listIncompleteUploadsQuery(bucket, '', marker, '', ''))
        for (const { key, uploadId, initiated } of page.uploads) yield { key, uploadId, modifiedAt: initiated }
        after = page.isTruncated ? page.nextKeyMarker : undefined
      }
    },
  }
}
