import { repeat, tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { listOpenOnNode, markNodeDone, type OpenNode } from '../stores/recording-segments.ts'
import { findRecording, listComplete, listOutdated } from '../stores/recordings.ts'
import { type Finishing, finish } from './finish-recording.ts'
import { removeRecording } from './remove-recording.ts'
import { type Storing, storeSegment } from './store-segment.ts'

const name = 'recordings'
const everyMs = 1_000
const turnsBetweenSweeps = 60

type Needed = Storing & Finishing & Pick<Context, 'config' | 'log'>

/** Deletes recordings that are kept no longer, with their files. */
export async function removeOutdated({ sql, kv, config, events }: Needed): Promise<void> {
  for (const { recording_id: recordingId } of await listOutdated(sql.background, config.recordingRetentionDays)) {
    const isRemoved = await sql.background.transaction((tx) => removeRecording(tx, recordingId, kv))
    if (isRemoved) events.recordingOutdated(recordingId)
  }
}

/** Removes what is here of recordings that were deleted. */
async function removeStrays({ sql, desk }: Needed): Promise<void> {
  for (const recordingId of await desk.files.listRecordings()) {
    if (!(await findRecording(sql.background, recordingId))) await desk.files.removeAll(recordingId)
  }
}

/**
 * Brings files of recordings into the store as soon as they are finished, whichever process wrote them into this folder,
 * says of recordings that they are ready, and deletes what is old. What cannot be done now is tried again.
 */
export function keepRecordings(context: Needed): AsyncDisposable {
  const { config, log, desk } = context
  const sql = context.sql.background
  let turns = 0
  /** One recording that makes trouble keeps no other from the store. */
  const attempt = (work: Promise<unknown>) => work.catch((error) => tellFailure({ name, log }, error))

  async function store({ recording_id: recordingId, is_over }: OpenNode, signal: AbortSignal): Promise<void> {
    for (const note of await desk.files.listNotes(recordingId)) {
      if (!signal.aborted) await storeSegment(context, note)
    }
    if (!is_over || desk.isRecording(recordingId)) return
    if ((await desk.files.listNotes(recordingId)).length > 0) return
    await desk.files.removeAll(recordingId)
    await markNodeDone(sql, recordingId, config.videoNode)
  }

  async function work(signal: AbortSignal): Promise<void> {
    for (const open of await listOpenOnNode(sql, config.videoNode)) {
      if (!signal.aborted) await attempt(store(open, signal))
    }
    for (const { recording_id } of await listComplete(sql, config.recordingWaitHours)) {
      if (!signal.aborted) await attempt(finish(context, recording_id))
    }
    if (turns++ % turnsBetweenSweeps !== 0) return
    await attempt(removeOutdated(context))
    await attempt(removeStrays(context))
  }

  return repeat({ name, everyMs, log, work })
}
