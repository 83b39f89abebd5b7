import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { countWebhooks, loadTime, lockCall } from '../stores/calls.ts'
import { askForComposite, failEmptyComposite } from '../stores/composites.ts'
import { listLostNodes, listSegments } from '../stores/recording-segments.ts'
import { findRecording, finishRecording } from '../stores/recordings.ts'
import { toRecordingWebhook } from '../webhooks/list-call-webhooks.ts'
import { enqueueWebhooks } from '../webhooks/tell-webhooks.ts'
import { toManifest, toTracks } from './describe-recording.ts'
import { manifestKey } from './recording-keys.ts'

export type Finishing = Pick<Context, 'sql' | 'kv' | 'blobs' | 'config' | 'events' | 'webhooks'>

/** Writes what a recording consists of and lacks beside its files, and says that it is ready. */
export async function finish(context: Finishing, recordingId: string): Promise<void> {
  const { blobs, events } = context
  const sql = context.sql.background
  const row = await findRecording(sql, recordingId)
  if (row?.status !== 'storing' || !row.stopped_at) return
  const tracks = toTracks(await listSegments(sql, recordingId))
  const lostNodes = (await listLostNodes(sql, recordingId)).length
  const durationMs = row.stopped_at.getTime() - (row.begun_at ?? row.stopped_at).getTime()
  const manifest = toManifest({ row: { ...row, duration_ms: durationMs }, tracks, lostNodes })
  const isEmpty = tracks.every(({ segments }) => segments.every(({ sha256 }) => sha256 === null))
  const status = isEmpty && manifest.lacks.length > 0 ? 'failed' : 'ready'
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  await blobs.write(manifestKey(recordingId), bytes, 'application/json')
  const manifestSha256 = createHash('sha256').update(bytes).digest('hex')
  const isDone = await sql.transaction(async (tx) => {
    const call = await lockCall(tx, row.call_id)
    if (!(await finishRecording(tx, { recordingId, status, durationMs, manifestSha256 }))) return false
    if (status === 'failed') await failEmptyComposite(tx, recordingId)
    else if (context.config.compositesAlways) await askForComposite(tx, { recordingId, by: null })
    if (!call) return true
    const webhook = toRecordingWebhook(call, { ...row, status }, await loadTime(tx))
    await enqueueWebhooks(tx, [webhook], context)
    await countWebhooks(tx, call.call_id, 1)
    return true
  })
  if (isDone) events.recordingFinished({ recordingId, callId: row.call_id, status, lacks: manifest.lacks.length })
}
