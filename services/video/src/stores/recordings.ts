import { RecordingStatus, RecordingStopReason } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

export const RecordingRow = Type.Object({
  recording_id: column.id,
  call_id: column.id,
  conversation_id: column.id,
  status: RecordingStatus,
  started_by: column.id,
  asked_at: column.timestamp,
  begun_at: column.nullable(column.timestamp),
  stopped_at: column.nullable(column.timestamp),
  stopped_by: column.nullable(column.id),
  stop_reason: column.nullable(RecordingStopReason),
  ready_at: column.nullable(column.timestamp),
  duration_ms: column.nullable(column.integer),
  manifest_sha256: column.nullable(column.text),
  erased_tracks: column.integer,
  /** Of the files that are stored. */
  bytes: column.integer,
})
export type RecordingRow = Static<typeof RecordingRow>

type NewRecording = Pick<RecordingRow, 'recording_id' | 'call_id' | 'conversation_id' | 'started_by'>

export async function insertRecording(tx: Transaction, recording: NewRecording): Promise<void> {
  const { recording_id, call_id, conversation_id, started_by } = recording
  await tx.execute`
    insert into recordings (recording_id, call_id, conversation_id, started_by)
    values (${recording_id}, ${call_id}, ${conversation_id}, ${started_by})`
}

type End = { reason: RecordingStopReason; by: string | null }

/** Notes how a recording ended, unless that is known. */
export async function endRecording(tx: Transaction, recordingId: string, { reason, by }: End): Promise<void> {
  await tx.execute`
    update recordings set status = 'storing', stopped_at = clock_timestamp(), stop_reason = ${reason}, stopped_by = ${by}
    where recording_id = ${recordingId} and stopped_at is null`
}

const Begun = Type.Object({ elapsed_ms: column.number })

/** Notes that a node records something of a recording from now on; answers since when it goes on. */
export async function beginOnNode(tx: Transaction, recordingId: string, node: string): Promise<number | undefined> {
  const begun = await tx.maybeOne(Begun)`
    update recordings set status = 'recording', begun_at = coalesce(begun_at, clock_timestamp())
    where recording_id = ${recordingId} and stopped_at is null
    returning (extract(epoch from clock_timestamp() - begun_at) * 1000)::float8 as elapsed_ms`
  if (!begun) return undefined
  await tx.execute`
    insert into recording_nodes (recording_id, node) values (${recordingId}, ${node})
    on conflict (recording_id, node) do update set is_done = false`
  return begun.elapsed_ms
}

/** The recordings of a call, the oldest first. */
export function listRecordings(sql: Queries, callId: string): Promise<RecordingRow[]> {
  return sql.many(RecordingRow)`
    select recordings.*, (
      select coalesce(sum(segment.bytes), 0) from recording_segments segment
      where segment.recording_id = recordings.recording_id)::bigint as bytes
    from recordings where call_id = ${callId} order by recording_id`
}

export function findRecording(sql: Queries, recordingId: string): Promise<RecordingRow | undefined> {
  return sql.maybeOne(RecordingRow)`
    select recordings.*, (
      select coalesce(sum(segment.bytes), 0) from recording_segments segment
      where segment.recording_id = recordings.recording_id)::bigint as bytes
    from recordings where recording_id = ${recordingId}`
}

const Id = Type.Object({ recording_id: column.id })
type Id = Static<typeof Id>

/** Removes a recording with all that is known of it; false where somebody else did. */
export async function deleteRecording(tx: Transaction, recordingId: string): Promise<boolean> {
  return (await tx.execute`delete from recordings where recording_id = ${recordingId}`) === 1
}

/** Has what is known of a recording as a whole be written anew, where it is written. */
export async function reopenRecording(tx: Transaction, recordingId: string): Promise<void> {
  await tx.execute`
    update recordings set status = 'storing', manifest_sha256 = null
    where recording_id = ${recordingId} and status in ('ready', 'failed')`
}

/** Notes that tracks of a recording are gone. */
export async function noteErased(tx: Transaction, recordingId: string, tracks: number): Promise<void> {
  await tx.execute`
    update recordings set erased_tracks = erased_tracks + ${tracks} where recording_id = ${recordingId}`
  await reopenRecording(tx, recordingId)
}

const recordingsAtOnce = 20

/**
 * Recordings that are over and of which no node has anything more to store; or a node has had so many hours for it, and
 * is taken for lost.
 */
export function listComplete(sql: Queries, waitHours: number): Promise<Id[]> {
  return sql.many(Id)`
    select recording_id from recordings
    where status = 'storing' and (stopped_at < clock_timestamp() - ${waitHours} * interval '1 hour' or not exists (
      select 1 from recording_nodes node where node.recording_id = recordings.recording_id and not is_done))
    order by stopped_at limit ${recordingsAtOnce}`
}

/** Recordings that were over so many days ago, or whose call is forgotten. */
export function listOutdated(sql: Queries, days: number): Promise<Id[]> {
  return sql.many(Id)`
    select recording_id from recordings
    where stopped_at < now() - ${days} * interval '1 day'
      or not exists (select 1 from calls where calls.call_id = recordings.call_id)
    order by stopped_at limit ${recordingsAtOnce}`
}

const Written = Type.Object({
  status: RecordingStatus,
  erased_tracks: column.integer,
  manifest_sha256: column.nullable(column.text),
})

/** Keeps a recording from being changed by others; undefined where it is deleted. */
export function lockRecording(tx: Transaction, recordingId: string): Promise<Static<typeof Written> | undefined> {
  return tx.maybeOne(Written)`
    select status, erased_tracks, manifest_sha256 from recordings where recording_id = ${recordingId} for update`
}

type Finished = { recordingId: string; status: 'ready' | 'failed'; durationMs: number; manifestSha256: string }

/** Notes that all there is of a recording is stored. */
export async function finishRecording(tx: Transaction, finished: Finished): Promise<void> {
  const { recordingId, status, durationMs, manifestSha256 } = finished
  await tx.execute`
    update recordings set status = ${status}, ready_at = clock_timestamp(), duration_ms = ${durationMs},
      manifest_sha256 = ${manifestSha256}
    where recording_id = ${recordingId}`
}

const WasHost = Type.Object({ was_host: column.flag })

/** Whether somebody is a host of a call, or was one when he left it once. */
export async function wasHost(sql: Queries, { callId, userId }: { callId: string; userId: string }): Promise<boolean> {
  const { was_host } = await sql.one(WasHost)`
    select exists (
      select 1 from call_participants where call_id = ${callId} and user_id = ${userId} and role = 'host') as was_host`
  return was_host
}
