import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordingCut } from '@secureconnect/protocol'
import type { SegmentRow } from '../stores/recording-segments.ts'
import type { RecordingRow } from '../stores/recordings.ts'
import { listLacks, toTracks } from './describe-recording.ts'

const row: RecordingRow = {
  recording_id: 'recording',
  call_id: 'call',
  conversation_id: 'conversation',
  status: 'storing',
  started_by: 'ada',
  asked_at: new Date(0),
  begun_at: new Date(0),
  stopped_at: new Date(60_000),
  stopped_by: 'ada',
  stop_reason: 'stopped',
  ready_at: null,
  duration_ms: 60_000,
  manifest_sha256: null,
  erased_tracks: 0,
  bytes: 0,
}

function segment(source: SegmentRow['source'], offset_ms: number, ended_by: RecordingCut): SegmentRow {
  const kind = source === 'mic' ? 'audio' : 'video'
  const who = { participant_id: 'ada', user_id: 'ada', source, kind, content_type: `${kind}/webm` } as const
  const file = { bytes: 5, width: null, height: null, sha256: 'checksum', duration_ms: 1_000 }
  return { segment_id: `${source} ${offset_ms}`, recording_id: 'recording', ...who, ...file, offset_ms, ended_by }
}

const describe = (segments: readonly SegmentRow[], other: Partial<RecordingRow> = {}, lostNodes = 0) =>
  listLacks({ row: { ...row, ...other }, tracks: toTracks(segments), lostNodes }).map(
    ({ reason, source, from_ms, to_ms }) => [reason, source, from_ms, to_ms],
  )

test('a recording lacks what was sent between a recorder that died and the next one of the same track', () => {
  const segments = [
    segment('mic', 0, 'recorder_died'),
    segment('camera', 500, 'unpublished'),
    segment('mic', 1_700, 'node_died'),
    segment('camera', 9_000, 'stopped'),
  ]
  assert.deepEqual(describe(segments), [
    ['recorder_died', 'mic', 1_000, 1_700],
    ['node_died', 'mic', 2_700, null],
  ])
  assert.deepEqual(describe([segment('mic', 0, 'stopped')]), [])
})

test('it says what is missing of it as a whole', () => {
  assert.deepEqual(describe([segment('screen', 200, 'queued')]), [['queued', 'screen', 200, 1_200]])
  const whole = describe([], { stop_reason: 'no_room', erased_tracks: 2 }, 1)
  assert.deepEqual(
    whole.map(([reason]) => reason),
    ['no_room', 'erased', 'node_lost'],
  )
})
