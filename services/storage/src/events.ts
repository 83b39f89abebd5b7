import type { Audit } from '@secureconnect/audit'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { UploadFault } from './errors.ts'

/** Who hears of an event. */
export type Observers = { log: Logger; metrics: Metrics; audit: Audit }

type OwnFile = { fileId: string; userId: string }

/** Why an upload was refused, before its bytes came or after. */
export type RefusedFor = UploadFault | 'quota' | 'uploads_in_progress' | 'infected' | 'not_scannable'

export type Events = ReturnType<typeof createEvents>

/** What happens to files, each told once: log line, counter and audit record together. */
export function createEvents({ log, metrics, audit }: Observers) {
  const record = (action: string, { fileId, userId }: OwnFile) =>
    audit.record({ resource: 'file', action, result: 'allowed', userId, targetId: fileId })

  return {
    uploadBegun(file: OwnFile & { size: number }) {
      log.info({ file_id: file.fileId, user_id: file.userId, size: file.size }, 'upload announced')
      record('upload', file)
    },

    uploadCompleted(file: OwnFile & { size: number }) {
      metrics.uploadSize.observe(file.size)
      log.info({ file_id: file.fileId, user_id: file.userId, size: file.size }, 'upload complete')
      record('complete', file)
    },

    /** It takes up nothing: neither bytes nor quota. */
    uploadRefused({ userId, fileId, reason }: { userId: string; fileId?: string; reason: RefusedFor }) {
      metrics.uploadRejected.inc({ reason })
      log.info({ file_id: fileId, user_id: userId, reason, outcome: 'refused' }, 'upload refused')
      const action = fileId === undefined ? 'upload' : 'complete'
      const target = fileId === undefined ? {} : { targetId: fileId }
      audit.record({ resource: 'file', action, result: 'denied', reason, userId, ...target })
    },

    downloadGiven(file: OwnFile) {
      log.debug({ file_id: file.fileId, user_id: file.userId }, 'download given')
      record('download', file)
    },

    fileDeleted(file: OwnFile) {
      log.info({ file_id: file.fileId, user_id: file.userId }, 'file deleted')
      record('delete', file)
    },

    /** Nobody asked for this: the last message went that showed the file, or its owner. */
    fileDropped({ fileId }: Pick<OwnFile, 'fileId'>) {
      log.info({ file_id: fileId }, 'file dropped with the last that referred to it')
      audit.record({ resource: 'file', action: 'drop', result: 'allowed', targetId: fileId })
    },

    uploadsEnded({ count }: { count: number }) {
      log.info({ count }, 'uploads ended that were never completed')
    },

    quotasCorrected({ count }: { count: number }) {
      log.warn({ count }, 'quotas did not say what is there, and were corrected')
    },

    orphansFound({ count, bytes, isRemoved }: { count: number; bytes: number; isRemoved: boolean }) {
      log.warn({ count, bytes, is_removed: isRemoved }, 'objects were found that no file refers to')
    },
  }
}
