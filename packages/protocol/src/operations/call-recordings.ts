import { type Static, Type } from 'typebox'
import { Call, MediaSource } from '../call.ts'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { MediaKind } from '../signaling-frames/rtp.ts'

export const RecordingStatus = Type.Union([
  Type.Literal('waiting', { description: 'Others are recorded first' }),
  Type.Literal('recording'),
  Type.Literal('storing', { description: 'It is over, and its files are on their way to the store' }),
  Type.Literal('ready'),
  Type.Literal('failed', { description: 'Nothing of it could be kept' }),
])
export type RecordingStatus = Static<typeof RecordingStatus>

export const RecordingStopReason = Type.Union([
  Type.Literal('stopped', { description: 'By a host' }),
  Type.Literal('call_ended'),
  Type.Literal('no_room', { description: 'The disk for recordings was full' }),
  Type.Literal('unavailable', { description: 'Where the call is, nothing can be recorded' }),
])
export type RecordingStopReason = Static<typeof RecordingStopReason>

/** Why a piece of a track goes on no further. */
export const RecordingCut = Type.Union([
  Type.Literal('stopped', { description: 'With the recording' }),
  Type.Literal('unpublished', { description: 'It was published no longer' }),
  Type.Literal('media_lost', { description: 'A media worker died' }),
  Type.Literal('recorder_died', { description: 'Another one took over; between the two something is missing' }),
  Type.Literal('node_died', { description: 'The process that recorded was gone: its last moments are missing' }),
  Type.Literal('moved', { description: 'The room of the call went to another process' }),
  Type.Literal('no_room', { description: 'The disk was full' }),
  Type.Literal('queued', { description: 'As many tracks were recorded as there can be' }),
  Type.Literal('unsupported', { description: 'This way of sending cannot be recorded' }),
])
export type RecordingCut = Static<typeof RecordingCut>

const Milliseconds = Type.Integer({ minimum: 0 })
const Sha256 = Type.String({ description: '64 hexadecimal digits in lower case' })

/** One file of a track: a recorder wrote it without a break. */
export const RecordingSegment = Type.Object({
  segment_id: Uuid,
  offset_ms: Type.Integer({ minimum: 0, description: 'Since the recording began' }),
  duration_ms: Milliseconds,
  file_name: Nullable(Type.String(), { description: 'Null where nothing could be recorded' }),
  content_type: Type.String(),
  width: Nullable(Type.Integer(), {
    description: 'Of its first picture, which is upright; those that follow may have another size. Null of sound',
  }),
  height: Nullable(Type.Integer()),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Nullable(Sha256),
  ended_by: RecordingCut,
})
export type RecordingSegment = Static<typeof RecordingSegment>

/** What one person sent from one source. */
export const RecordingTrack = Type.Object({
  participant_id: Uuid,
  user_id: Uuid,
  source: MediaSource,
  kind: MediaKind,
  segments: Type.Array(RecordingSegment),
})
export type RecordingTrack = Static<typeof RecordingTrack>

/** Something that ought to be in a recording and is not. */
export const RecordingLack = Type.Object({
  reason: Type.Union([
    ...RecordingCut.anyOf,
    Type.Literal('node_lost', { description: 'A process kept files that never came' }),
    Type.Literal('unavailable', { description: 'Where the call was, nothing could be recorded' }),
    Type.Literal('erased', { description: 'Tracks of an erased account were removed' }),
  ]),
  participant_id: Nullable(Uuid),
  source: Nullable(MediaSource),
  from_ms: Nullable(Milliseconds),
  to_ms: Nullable(Milliseconds, { description: 'Null where it did not go on' }),
})
export type RecordingLack = Static<typeof RecordingLack>

/** One file of all tracks that people can watch, made once a recording is stored. */
export const RecordingComposite = Type.Object({
  status: Type.Union([
    Type.Literal('waiting', { description: 'Until the recording is stored, or others are made' }),
    Type.Literal('working'),
    Type.Literal('done'),
    Type.Literal('failed', { description: 'Whoever asks again has it tried again' }),
  ]),
  reason: Nullable(
    Type.Union([
      Type.Literal('nothing', { description: 'Nothing is there of which it could be made' }),
      Type.Literal('damaged', { description: 'The file of a track is not as it was recorded' }),
      Type.Literal('too_large', { description: 'It takes more room than there is for making it' }),
      Type.Literal('took_too_long'),
      Type.Literal('broken', { description: 'It failed again and again; the log of the server says why' }),
    ]),
    { description: 'Why it failed' },
  ),
  asked_by: Nullable(Uuid, { description: 'Null where every recording gets one' }),
  asked_at: Timestamp,
  finished_at: Nullable(Timestamp),
  duration_ms: Nullable(Milliseconds),
  width: Nullable(Type.Integer()),
  height: Nullable(Type.Integer()),
  bytes: Nullable(Type.Integer({ minimum: 0 })),
  sha256: Nullable(Sha256),
})
export type RecordingComposite = Static<typeof RecordingComposite>

export const Recording = Type.Object({
  recording_id: Uuid,
  call_id: Uuid,
  status: RecordingStatus,
  started_by: Uuid,
  asked_at: Timestamp,
  begun_at: Nullable(Timestamp, { description: 'From then on offsets count' }),
  stopped_at: Nullable(Timestamp),
  stopped_by: Nullable(Uuid),
  stop_reason: Nullable(RecordingStopReason),
  ready_at: Nullable(Timestamp),
  duration_ms: Nullable(Milliseconds),
  bytes: Type.Integer({ minimum: 0, description: 'Of all tracks that are stored so far' }),
  composite: Nullable(RecordingComposite, { description: 'Null where nobody asked for it' }),
})
export type Recording = Static<typeof Recording>

/** The file `manifest.json` of a recording: what it consists of, and what it lacks. */
export const RecordingManifest = Type.Object({
  version: Type.Literal(1),
  recording: Type.Omit(Recording, ['status', 'ready_at', 'composite']),
  conversation_id: Uuid,
  participants: Type.Array(Type.Object({ participant_id: Uuid, user_id: Uuid })),
  tracks: Type.Array(RecordingTrack),
  lacks: Type.Array(RecordingLack, { description: 'Empty where nothing is missing' }),
})
export type RecordingManifest = Static<typeof RecordingManifest>

const Url = Type.String({ description: 'Where to fetch it until `expires_at`' })

export const RecordingDownloads = Type.Object({
  recording: Recording,
  tracks: Type.Array(RecordingTrack),
  lacks: Type.Array(RecordingLack),
  manifest_url: Nullable(Url, { description: 'Null until all is stored' }),
  manifest_sha256: Nullable(Sha256),
  files: Type.Array(Type.Object({ segment_id: Uuid, file_name: Type.String(), download_url: Url })),
  composite_url: Nullable(Url, { description: 'An MP4 of H.264 and AAC; null unless it is done' }),
  expires_at: Timestamp,
})
export type RecordingDownloads = Static<typeof RecordingDownloads>

const aCall = { caller: 'user', params: Strict({ call_id: Uuid }) } as const
const aRecording = { caller: 'user', params: Strict({ call_id: Uuid, recording_id: Uuid }) } as const

export const callRecordings = operations('video-service', {
  start: {
    name: 'calls.recording.start',
    summary: 'Record a call, as one of its hosts: everybody in it is told, and whoever comes later',
    method: 'POST',
    path: '/v1/calls/:call_id/recording/start',
    answer: { 200: Call },
    errors: [
      'CALL_NOT_FOUND',
      'CALL_ENDED',
      'FORBIDDEN',
      'CONFLICT',
      'E2EE_REQUIRED',
      'LIMIT_REACHED',
      'RECORDING_UNAVAILABLE',
    ],
    audit: { resource: 'call', action: 'start_recording' },
    ...aCall,
  },
  stop: {
    name: 'calls.recording.stop',
    summary: 'Record a call no longer, as one of its hosts',
    method: 'POST',
    path: '/v1/calls/:call_id/recording/stop',
    answer: { 200: Call },
    errors: ['CALL_NOT_FOUND', 'CALL_ENDED', 'FORBIDDEN'],
    audit: { resource: 'call', action: 'stop_recording' },
    ...aCall,
  },
  list: {
    name: 'calls.recording.list',
    summary: 'The recordings of a call, the oldest first',
    method: 'GET',
    path: '/v1/calls/:call_id/recordings',
    answer: { 200: Type.Object({ recordings: Type.Array(Recording, { maxItems: limits.recordingsPerCall }) }) },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'list_recordings' },
    ...aCall,
  },
  get: {
    name: 'calls.recording.get',
    summary: 'What a recording consists of and lacks, and where to fetch its files for the next minutes',
    method: 'GET',
    path: '/v1/calls/:call_id/recordings/:recording_id',
    rate: 'downloads',
    answer: { 200: RecordingDownloads },
    errors: ['CALL_NOT_FOUND', 'RECORDING_NOT_FOUND'],
    audit: { resource: 'recording', action: 'download' },
    ...aRecording,
  },
  compose: {
    name: 'calls.recording.compose',
    summary:
      'Have one file made of a recording that is over, with everybody side by side, as somebody who may delete it; whoever asks again gets the same one',
    method: 'POST',
    path: '/v1/calls/:call_id/recordings/:recording_id/composite',
    answer: { 202: RecordingComposite },
    errors: ['CALL_NOT_FOUND', 'RECORDING_NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'RECORDING_UNAVAILABLE'],
    audit: { resource: 'recording', action: 'compose' },
    ...aRecording,
  },
  delete: {
    name: 'calls.recording.delete',
    summary: 'Delete a recording that is over, as somebody who was a host of its call or began it',
    method: 'DELETE',
    path: '/v1/calls/:call_id/recordings/:recording_id',
    answer: { 200: Confirmation },
    errors: ['CALL_NOT_FOUND', 'RECORDING_NOT_FOUND', 'FORBIDDEN', 'CONFLICT'],
    audit: { resource: 'recording', action: 'delete' },
    ...aRecording,
  },
})
