import type { Readable } from 'node:stream'
import { blobLimits } from '../blob-limits.ts'
import { BlobStoreError } from '../blob-store-error.ts'
import type { BlobListing, Blobs } from '../blobs.ts'
import { createGuardedCalls, type Observers } from '../guarded-calls.ts'
import { findReason } from './find-reason.ts'
import { orNothing, type S3Access } from './s3-access.ts'
import { S3Client, type S3Server } from './s3-client.ts'
import { createParts } from './s3-parts.ts'
import { createPuts } from './s3-puts.ts'
import { createTickets } from './s3-tickets.ts'

export type S3Options = Observers & { server: S3Server; bucket: string; publicUrl: string }

/** The bucket is made where it is missing at the start; one that vanishes later is a fault to be told. */
function createCheck(client: S3Client, bucket: string): (signal: AbortSignal) => Promise<void> {
  let mayBeMade = true
  return (signal) =>
    client.within(signal, async () => {
      const isThere = await client.bucketExists(bucket)
      if (!isThere && !mayBeMade) throw new Error(`the bucket ${bucket} is gone`)
      if (!isThere) await client.makeBucket(bucket)
      mayBeMade = false
    })
}

/** Keeps bytes in an S3 store. */
export function connectS3({ server, bucket, publicUrl, metrics, log }: S3Options): Blobs {
  const client = S3Client.create(server)
  const calls = createGuardedCalls({ metrics, log, check: createCheck(client, bucket), findReason })
  const run: S3Access['run'] = (operation, work, options = {}) =>
    calls.run({ operation, ...options }, (signal) => client.within(signal, work))
  const access = { client, bucket, server, publicUrl, calls, run }

  return {
    probe: calls.probe,
    ...createTickets(access),
    ...createParts(access),
    ...createPuts(access),
    ...createObjects(access),
    async [Symbol.asyncDispose]() {
      await calls[Symbol.asyncDispose]()
      client.close()
    },
  }
}

const transfer = { timeoutMs: blobLimits.transferMs }

function createObjects({
  client,
  bucket,
  run,
}: S3Access): Pick<Blobs, 'stat' | 'copy' | 'read' | 'write' | 'remove' | 'list'> {
  const list = (prefix: string, token: string) =>
    run('list', () => client.listObjectsV2Query(bucket, prefix, token, '', blobLimits.listedPerPage, ''))
  return {
    async stat(key) {
      const found = await run('stat', () => orNothing(client.statObject(bucket, key), undefined))
      return found && { size: found.size, etag: found.etag }
    },
    async copy(from, to) {
      const copied = () => orNothing(client.copyObject(bucket, to, `/${bucket}/${from}`), undefined)
      return (await run('copy', copied, transfer)) !== undefined
    },
    read(key, range) {
      const bytes = (): Promise<Readable> =>
        range
          ? client.getPartialObject(bucket, key, range.start, range.end - range.start + 1)
          : client.getObject(bucket, key)
      return run('get', () => orNothing(bytes(), undefined))
    },
    async write(key, bytes, contentType) {
      const headers = { 'content-type': contentType }
      await run('put', () => client.putObject(bucket, key, bytes, bytes.length, headers), transfer)
    },
    async remove(keys) {
      for (let from = 0; from < keys.length; from += blobLimits.keysPerRemoval) {
        const some = keys.slice(from, from + blobLimits.keysPerRemoval)
        const kept = await run('remove', () => client.removeObjects(bucket, some), transfer)
        const cause = new Error(`the store kept ${kept.length} of ${some.length}`)
        if (kept.length > 0) throw new BlobStoreError('failed', { cause })
      }
    },
    async *list(prefix): AsyncGenerator<BlobListing> {
      let token = ''
      do {
        const { objects, isTruncated, nextContinuationToken } = await list(prefix, token)
        for (const { name, size, lastModified } of objects) {
          if (name !== undefined && lastModified) yield { key: name, size, modifiedAt: lastModified }
        }
        token = isTruncated ? nextContinuationToken : ''
      } while (token !== '')
    },
  }
}
