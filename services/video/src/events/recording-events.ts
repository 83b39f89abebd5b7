import type { RecordingCut, RecordingStopReason } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

export type RecordingEvents = ReturnType<typeof createRecordingEvents>

type Ended = { recordingId: string; segmentId: string; cut: RecordingCut; said: string }
type Stored = { recordingId: string; segmentId: string; bytes: number; cut: RecordingCut }
type Finished = { recordingId: string; callId: string; status: 'ready' | 'failed'; lacks: number }

/** What becomes of recordings; what hosts do about them is moderation. */
export function createRecordingEvents({ log, metrics, audit, tell }: Observers) {
  return {
    recorderFound(path: string, version: string) {
      log.info({ path, version }, 'calls can be recorded')
    },

    /** Calls go on as ever. */
    recorderMissing(error: Error) {
      log.warn({ error }, 'calls cannot be recorded')
      tell?.(`Calls cannot be recorded: ${error.message}.`)
    },

    recorderStarted({ recordingId, source, pid }: { recordingId: string; source: string; pid: number | undefined }) {
      log.info({ recording_id: recordingId, source, pid }, 'a recorder started')
    },

    recorderEnded({ recordingId, segmentId, cut, said }: Ended) {
      const hasDied = cut === 'recorder_died'
      if (hasDied) metrics.recorderDeaths.inc()
      const fields = { recording_id: recordingId, segment_id: segmentId, reason: cut }
      if (hasDied) log.warn({ ...fields, said }, 'a recorder died')
      else log.info(fields, 'a recorder ended')
    },

    /** Something that is tried again, or that is missing in the end. */
    recordingTroubled(recordingId: string, error: unknown) {
      log.warn({ recording_id: recordingId, error }, 'a recording has trouble')
    },

    recordingGivenUp({
      callId,
      recordingId,
      reason,
    }: {
      callId: string
      recordingId: string
      reason: RecordingStopReason
    }) {
      log.warn({ call_id: callId, recording_id: recordingId, reason }, 'a recording cannot go on')
    },

    segmentStored({ recordingId, segmentId, bytes, cut }: Stored) {
      metrics.recordingBytes.inc(bytes)
      log.info(
        { recording_id: recordingId, segment_id: segmentId, bytes, reason: cut },
        'a track of a recording is stored',
      )
    },

    recordingFinished({ recordingId, callId, status, lacks }: Finished) {
      metrics.recordings.inc({ status })
      log.info({ recording_id: recordingId, call_id: callId, status, lacks }, 'a recording is finished')
    },

    recordingDownloaded({ recordingId, userId }: { recordingId: string; userId: string }) {
      audit.record({ resource: 'recording', action: 'download', result: 'allowed', userId, targetId: recordingId })
    },

    recordingDeleted({ recordingId, userId }: { recordingId: string; userId: string }) {
      log.info({ recording_id: recordingId, user_id: userId }, 'a recording is deleted')
      audit.record({ resource: 'recording', action: 'delete', result: 'allowed', userId, targetId: recordingId })
    },

    recordingOutdated(recordingId: string) {
      log.info({ recording_id: recordingId }, 'a recording is kept no longer')
      audit.record({ resource: 'recording', action: 'expire', result: 'allowed', targetId: recordingId })
    },
  }
}
