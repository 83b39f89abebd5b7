import { type BlobFailure, BlobStoreError } from '../blob-store-error.ts'
import { codeOf } from '../error-code.ts'

const reasonOfCode: Readonly<Record<string, BlobFailure>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'refused',
  EPERM: 'refused',
  EROFS: 'refused',
  EIO: 'failed',
  EMFILE: 'failed',
  ENFILE: 'failed',
}

/** What an error of the file system says about the disk. */
export function findReason(error: unknown): BlobFailure {
  return reasonOfCode[codeOf(error) ?? ''] ?? 'failed'
}

/** What only the disk can be to blame for; the connection that brings the bytes has errors of its own. */
export function toDiskError(error: unknown): unknown {
  const isOfDisk = Object.hasOwn(reasonOfCode, codeOf(error) ?? '')
  return isOfDisk ? new BlobStoreError(findReason(error), { cause: error }) : error
}
