import type { BlobOperation, GuardedCalls } from '../guarded-calls.ts'
import type { DiskFiles } from './disk-files.ts'

/** What each part of the adapter works with. */
export type DiskAccess = {
  files: DiskFiles
  calls: GuardedCalls
  /** Throws unless so much more fits onto the disk. */
  assertRoom(size: number): Promise<void>
  run<T>(operation: BlobOperation, work: () => Promise<T>): Promise<T>
}
