import type { BlobFailure } from '../blob-store-error.ts'
import { codeOf } from '../error-code.ts'
import { StoreStatusError } from './s3-client.ts'

const insufficientStorage = 507

const reasonOfCode: Readonly<Record<string, BlobFailure>> = {
  AccessDenied: 'refused',
  InvalidAccessKeyId: 'refused',
  NoSuchBucket: 'refused',
  SignatureDoesNotMatch: 'refused',
  InsufficientStorage: 'full',
  XMinioStorageFull: 'full',
}

/** What an error of the S3 client says about the store. */
export function findReason(error: unknown): BlobFailure {
  if (error instanceof StoreStatusError) return error.status === insufficientStorage ? 'full' : 'failed'
  const code = codeOf(error)
  if (code === undefined) return 'unreachable'
  return reasonOfCode[code] ?? (/^E[A-Z]+|_/.test(code) ? 'unreachable' : 'failed')
}
