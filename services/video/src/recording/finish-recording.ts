import { createHash } from 'node:crypto'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { type CallRow, countWebhooks, loadTime, lockCall } from '../stores/calls.ts'
import { askForComposite, type CompositeRow, failEmptyComposite } from '../stores/composites.ts'
import { listLostNodes, listSegments, type SegmentRow } from '../stores/recording-segments.ts'
import {
  findRecording,
  finishRecording,
  lockRecording,
  type RecordingRow,
  reopenRecording,
} from '../stores/recordings.ts'
import { toCompositeWebhook, toRecordingWebhook } from '../webhooks/list-call-webhooks.ts'
import { enqueueWebhooks } from '../webhooks/tell-webhooks.ts'
import { toManifest, toTracks } from './describe-recording.ts'
import { manifestKey } from './recording-keys.ts'
import { enqueueRemoval } from './remove-recording.ts'

export type Finishing = Pick<Context, 'sql' | 'kv' | 'blobs' | 'config' | 'events' | 'webhooks'>

type Written = { row: RecordingRow; segments: readonly SegmentRow[]; manifestSha256: string }

/** Whether a manifest that is in the store now tells what is so still; the recording is locked by then. */
async function isTrue(
  tx: Transaction,
  { kv }: Finishing,
  { row, segments, manifestSha256 }: Written,
): Promise<boolean> {
  const { recording_id: recordingId } = row
  const now = await lockRecording(tx, recordingId)
  if (!now) {
    await enqueueRemoval(tx, { recording_id: recordingId }, kv)
    return false
  }
  // Whoever was sooner told of another one, which this one has taken the place of.
  if (now.status !== 'storing' && now.manifest_sha256 !== manifestSha256) await reopenRecording(tx, recordingId)
  const isSame = now.erased_tracks === row.erased_tracks
  return now.status === 'storing' && isSame && (await listSegments(tx, recordingId)).length === segments.length
}

type Noting = {
  call: CallRow | undefined
  row: RecordingRow
  status: 'ready' | 'failed'
  durationMs: number
  manifestSha256: string
}

/** Notes that a recording is ready, with all that follows; answers the composite that there will not be. */
async function note(tx: Transaction, context: Finishing, noting: Noting): Promise<CompositeRow | undefined> {
  const { call, row, status, durationMs, manifestSha256 } = noting
  const { recording_id: recordingId } = row
  await finishRecording(tx, { recordingId, status, durationMs, manifestSha256 })
  const failed = status === 'failed' ? await failEmptyComposite(tx, recordingId) : undefined
  if (status === 'ready' && context.config.compositesAlways) await askForComposite(tx, { recordingId, by: null })
  if (!call) return failed
  const [recording, at] = [{ ...row, status }, await loadTime(tx)]
  const next = { ...call, webhooks_told: call.webhooks_told + 1 }
  const ofComposite = failed ? [toCompositeWebhook(next, { recording, composite: failed, at })] : []
  const told = [toRecordingWebhook(call, recording, at), ...ofComposite]
  await enqueueWebhooks(tx, told, context)
  await countWebhooks(tx, call.call_id, told.length)
  return failed
}

/** Writes what a recording consists of and lacks beside its files, and says that it is ready. */
export async function finish(context: Finishing, recordingId: string): Promise<void> {
  const { blobs, events } = context
  const sql = context.sql.background
  const row = await findRecording(sql, recordingId)
  if (row?.status !== 'storing' || !row.stopped_at) return
  const segments = await listSegments(sql, recordingId)
  const tracks = toTracks(segments)
  const lostNodes = (await listLostNodes(sql, recordingId)).length
  const durationMs = row.stopped_at.getTime() - (row.begun_at ?? row.stopped_at).getTime()
  const manifest = toManifest({ row: { ...row, duration_ms: durationMs }, tracks, lostNodes })
  const status = segments.every(({ sha256 }) => sha256 === null) && manifest.lacks.length > 0 ? 'failed' : 'ready'
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  await blobs.write(manifestKey(recordingId), bytes, 'application/json')
  const manifestSha256 = createHash('sha256').update(bytes).digest('hex')
  const done = await sql.transaction(async (tx) => {
    const call = await lockCall(tx, row.call_id)
    if (!(await isTrue(tx, context, { row, segments, manifestSha256 }))) return undefined
    return { failed: await note(tx, context, { call, row, status, durationMs, manifestSha256 }) }
  })
  if (!done) return
  events.recordingFinished({ recordingId, callId: row.call_id, status, lacks: manifest.lacks.length })
  if (done.failed) events.compositeFinished(done.failed)
}
