export { blobSettings, openBlobs } from './blob-settings.ts'
export { type BlobFailure, BlobStoreError } from './blob-store-error.ts'
export type {
  BlobFacts,
  BlobListing,
  Blobs,
  Download,
  FormTicket,
  Part,
  PartsUpload,
  Upload,
  UploadTicket,
} from './blobs.ts'
