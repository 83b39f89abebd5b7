import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { keepEndingUploads } from './keeping/end-uploads.ts'
import { measureUse } from './keeping/measure-use.ts'
import { keepRecounting } from './keeping/recount-quotas.ts'
import { keepRemovingOrphans } from './keeping/remove-orphans.ts'
import { relayEffects } from './relay-effects.ts'
import { beginUpload } from './routes/begin-upload.ts'
import { completeUpload } from './routes/complete-upload.ts'
import { deleteFile } from './routes/delete-file.ts'
import { getDownload } from './routes/get-download.ts'
import { getFile } from './routes/get-file.ts'
import { getQuota } from './routes/get-quota.ts'
import { listFiles } from './routes/list-files.ts'
import { tellDegraded } from './tell-degraded.ts'

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {
    routes: [beginUpload, completeUpload, getDownload, listFiles, getFile, deleteFile, getQuota],
    background: [relayEffects, keepEndingUploads, keepRecounting, keepRemovingOrphans, measureUse],
    extend(app, { blobs }) {
      tellDegraded(app, { blobs })
      blobs.mount?.(app)
    },
  })
}
