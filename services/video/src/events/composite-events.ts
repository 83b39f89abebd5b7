import type { CompositeRow } from '../stores/composites.ts'
import type { Observers } from './observers.ts'

/** What becomes of composites of recordings. */
export function createCompositeEvents({ log, metrics, audit }: Observers) {
  return {
    compositeAsked({ recordingId, userId }: { recordingId: string; userId: string }) {
      audit.record({ resource: 'recording', action: 'compose', result: 'allowed', userId, targetId: recordingId })
    },

    /** It is tried again, or what follows says that there will be none. */
    compositeTroubled(recordingId: string, error: unknown) {
      log.warn({ recording_id: recordingId, error }, 'the composite of a recording has trouble')
    },

    compositeFinished({ recording_id, status, reason, bytes, attempts }: CompositeRow) {
      metrics.composites.inc({ status })
      log.info({ recording_id, status, reason, bytes, attempts }, 'the composite of a recording is finished')
    },
  }
}
