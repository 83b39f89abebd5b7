import { type BlobFailure, BlobStoreError } from '../blob-store-error.ts'
import { codeOf } from '../error-code.ts'

const reasonOfCode: Readonly<Record<string, BlobFailure>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'refused',
  EPERM: 'refused',
  EROFS: 'refused',
}

/** What an error of the file system says about the disk. */
export function findReason(error: unknown): BlobFailure {
  return reasonOfCode[codeOf(error) ?? ''] ?? 'failed'
}

const fileCalls = new Set([
  'open',
  'write',
  'close',
  'fsync',
  'link',
  'mkdir',
  'rename',
  'unlink',
  'scandir',
  'opendir',
])

/** What came from a file is the store's fault; what came from the connection that brings the bytes is not. */
export function toDiskError(error: unknown): unknown {
  const isOfFile = error instanceof Error && 'syscall' in error && 'path' in error
  const isOfDisk = isOfFile || (error instanceof Error && 'syscall' in error && fileCalls.has(String(error.syscall)))
  return isOfDisk ? new BlobStoreError(findReason(error), { cause: error }) : error
}
