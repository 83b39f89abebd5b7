import type { ServiceName } from '@secureconnect/protocol'
import { counter, gauge, histogram } from '../family.ts'

const services: readonly ServiceName[] = ['storage-service']

/** Files. */
export const storageFamilies = {
  uploadRejected: counter('storage_upload_rejected_total', {
    help: 'Uploads refused',
    services,
    labels: ['reason'],
    known: { reason: ['size', 'type', 'checksum', 'quota', 'uploads_in_progress', 'infected', 'not_scannable'] },
  }),
  uploadSize: histogram('storage_upload_size_bytes', {
    help: 'Size of completed uploads',
    services,
    buckets: [1e4, 1e5, 5e5, 1e6, 5e6, 1e7, 2.5e7, 5e7, 1e8, 1e9],
  }),
  quotaUsed: gauge('storage_quota_used_bytes', { help: 'Bytes stored for people', services }),
}
