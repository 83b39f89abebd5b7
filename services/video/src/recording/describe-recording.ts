import type { Recording, RecordingCut, RecordingLack, RecordingManifest, RecordingTrack } from '@secureconnect/protocol'
import { toComposite } from '../composite/describe-composite.ts'
import type { CompositeRow } from '../stores/composites.ts'
import type { SegmentRow } from '../stores/recording-segments.ts'
import type { RecordingRow } from '../stores/recordings.ts'

/** Ends after which something of a track ought to have come and did not. */
const lossy: readonly RecordingCut[] = ['recorder_died', 'node_died', 'media_lost', 'moved', 'no_room', 'unsupported']
const extensions: Readonly<Record<string, string>> = { 'video/x-matroska': 'mkv' }

export function toRecording(row: RecordingRow, composite?: CompositeRow): Recording {
  const { recording_id, call_id, status, started_by, stopped_by, stop_reason, duration_ms, bytes } = row
  return {
    recording_id,
    call_id,
    status,
    started_by,
    asked_at: row.asked_at.toISOString(),
    begun_at: row.begun_at?.toISOString() ?? null,
    stopped_at: row.stopped_at?.toISOString() ?? null,
    stopped_by,
    stop_reason,
    ready_at: row.ready_at?.toISOString() ?? null,
    duration_ms,
    bytes,
    composite: composite ? toComposite(composite) : null,
  }
}

/** By what name a file is downloaded: what it is, of whom, and since when. */
export function toFileName({ source, user_id, offset_ms, content_type }: SegmentRow): string {
  const seconds = (offset_ms / 1_000).toFixed(3).padStart(9, '0')
  return `${source}-${user_id}-${seconds}.${extensions[content_type] ?? 'webm'}`
}

function toSegment(row: SegmentRow): RecordingTrack['segments'][number] {
  const { segment_id, offset_ms, duration_ms, content_type, width, height, bytes, sha256, ended_by } = row
  const file_name = sha256 === null ? null : toFileName(row)
  return { segment_id, offset_ms, duration_ms, file_name, content_type, width, height, bytes, sha256, ended_by }
}

/** The files by who sent them from what, in the order in which they began. */
export function toTracks(rows: readonly SegmentRow[]): RecordingTrack[] {
  const groups = Map.groupBy(rows, ({ participant_id, source }) => `${participant_id} ${source}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { participant_id, user_id, source, kind } = first
    return { participant_id, user_id, source, kind, segments: group.map(toSegment) }
  })
}

function listLacksOf({ participant_id, source, segments }: RecordingTrack): RecordingLack[] {
  return segments.flatMap(({ offset_ms, duration_ms, ended_by: reason }, index): RecordingLack[] => {
    const from = { reason, participant_id, source }
    if (reason === 'queued') return [{ ...from, from_ms: offset_ms, to_ms: offset_ms + duration_ms }]
    if (!lossy.includes(reason)) return []
    return [{ ...from, from_ms: offset_ms + duration_ms, to_ms: segments[index + 1]?.offset_ms ?? null }]
  })
}

type Whole = { row: RecordingRow; tracks: readonly RecordingTrack[]; lostNodes: number }

/** What ought to be in a recording and is not. */
export function listLacks({ row, tracks, lostNodes }: Whole): RecordingLack[] {
  const nothing = { participant_id: null, source: null, from_ms: null, to_ms: null }
  return [
    ...(row.stop_reason === 'unavailable' ? [{ ...nothing, reason: 'unavailable' as const }] : []),
    ...(row.stop_reason === 'no_room' ? [{ ...nothing, reason: 'no_room' as const }] : []),
    ...(row.erased_tracks > 0 ? [{ ...nothing, reason: 'erased' as const }] : []),
    ...(lostNodes > 0 ? [{ ...nothing, reason: 'node_lost' as const }] : []),
    ...tracks.flatMap(listLacksOf),
  ]
}

export function toManifest(whole: Whole & { tracks: RecordingTrack[] }): RecordingManifest {
  const { row, tracks } = whole
  const { status: _, ready_at: __, composite: ___, ...recording } = toRecording(row)
  const people = new Map(tracks.map(({ participant_id, user_id }) => [participant_id, { participant_id, user_id }]))
  return {
    version: 1,
    recording,
    conversation_id: row.conversation_id,
    participants: [...people.values()],
    tracks,
    lacks: listLacks(whole),
  }
}
