import type { RecordingDownloads } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { findComposite } from '../stores/composites.ts'
import { listLostNodes, listSegments } from '../stores/recording-segments.ts'
import type { RecordingRow } from '../stores/recordings.ts'
import { listLacks, toFileName, toRecording, toTracks } from './describe-recording.ts'
import { manifestKey, segmentKey } from './recording-keys.ts'

/** What a recording consists of so far, and URLs by which whoever has them can fetch its files for some minutes. */
export async function signDownloads(
  { sql, blobs, config }: Pick<Context, 'sql' | 'blobs' | 'config'>,
  row: RecordingRow,
): Promise<RecordingDownloads> {
  const { recording_id: recordingId, manifest_sha256 } = row
  const expiresInSeconds = config.recordingUrlTtlSeconds
  const expiresAt = new Date(Date.now() + expiresInSeconds * 1_000)
  const sign = (file: { key: string; fileName: string; contentType: string }) =>
    blobs.signDownload({ ...file, disposition: 'attachment', expiresInSeconds })
  const signComposite = (id: string) =>
    sign({ key: segmentKey(recordingId, id), fileName: `recording-${recordingId}.mp4`, contentType: 'video/mp4' })
  const segments = await listSegments(sql, recordingId)
  const stored = segments.filter(({ sha256 }) => sha256 !== null)
  const files = stored.map(async (segment) => {
    const { segment_id, content_type: contentType } = segment
    const [key, fileName] = [segmentKey(recordingId, segment_id), toFileName(segment)]
    return { segment_id, file_name: fileName, download_url: await sign({ key, fileName, contentType }) }
  })
  const manifest = { key: manifestKey(recordingId), fileName: 'manifest.json', contentType: 'application/json' }
  const composite = await findComposite(sql, recordingId)
  const tracks = toTracks(segments)
  const isFinished = manifest_sha256 !== null
  const lostNodes = isFinished ? (await listLostNodes(sql, recordingId)).length : 0
  return {
    recording: toRecording(row, composite),
    tracks,
    lacks: listLacks({ row, tracks, lostNodes }),
    manifest_url: isFinished ? await sign(manifest) : null,
    manifest_sha256,
    files: await Promise.all(files),
    composite_url: composite?.status === 'done' ? await signComposite(composite.composite_id) : null,
    expires_at: expiresAt.toISOString(),
  }
}
