import { codeOf } from '../error-code.ts'
import type { BlobOperation, GuardedCalls } from '../guarded-calls.ts'
import type { S3Client, S3Server } from './s3-client.ts'

type CallOptions = { timeoutMs?: number; isOnce?: boolean }

/** What each part of the adapter works with. */
export type S3Access = {
  client: S3Client
  bucket: string
  server: S3Server
  /** Where clients find the store. */
  publicUrl: string
  calls: GuardedCalls
  run<T>(operation: BlobOperation, work: () => Promise<T>, options?: CallOptions): Promise<T>
}

const nothingThere = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload'])

/** Answers `otherwise` where there is nothing under the key. */
export async function orNothing<T, O>(work: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await work
  } catch (error) {
    if (nothingThere.has(codeOf(error) ?? '')) return otherwise
    throw error
  }
}
