export { blobLimits } from './blob-limits.ts'
export { createDiskBlobs } from './disk/disk-blobs.ts'
export { connectS3 } from './s3/s3-blobs.ts'
