export { blobSettings, openBlobs } from './blob-settings.ts'
export { type BlobFailure, BlobStoreError } from './blob-store-error.ts'
export type {
  BlobFacts,
  BlobListing,
  Blobs,
  Download,
  FormTicket,
  OpenParts,
  Part,
  PartsUpload,
  Upload,
  UploadTicket,
} from './blobs.ts'
export {
  type ClamdAddress,
  createClamdScanner,
  ScanError,
  type Scanner,
  scanSettings,
  type Verdict,
} from './inspect/clamd.ts'
export { headBytes, looksLike } from './inspect/looks-like.ts'
export { makePreview, type Preview, previewedTypes } from './inspect/preview.ts'
