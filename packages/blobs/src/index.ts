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
