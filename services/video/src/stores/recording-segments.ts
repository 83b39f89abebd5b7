import { MediaKind, MediaSource, RecordingCut } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { reopenRecording } from './recordings.ts'

/** One file of a recording, or a time of which there is none. */
export const SegmentRow = Type.Object({
  segment_id: column.id,
  recording_id: column.id,
  participant_id: column.id,
  user_id: column.id,
  source: MediaSource,
  kind: MediaKind,
  content_type: column.text,
  offset_ms: column.integer,
  duration_ms: column.integer,
  bytes: column.integer,
  width: column.nullable(column.integer),
  height: column.nullable(column.integer),
  sha256: column.nullable(column.text),
  ended_by: RecordingCut,
})
export type SegmentRow = Static<typeof SegmentRow>

const Id = Type.Object({ recording_id: column.id })

/** Notes a file that is stored; false where its recording was deleted, or whoever is in it is being erased. */
export async function insertSegment(tx: Transaction, segment: SegmentRow): Promise<boolean> {
  const { segment_id, recording_id, participant_id, user_id, source, kind, content_type } = segment
  const { offset_ms, duration_ms, bytes, width, height, sha256, ended_by } = segment
  const wanted = await tx.maybeOne(Id)`
    select recording_id from recordings
    where recording_id = ${recording_id}
      and exists (select 1 from users where users.user_id = ${user_id} and erasing_at is null)
    for update`
  if (!wanted) return false
  const inserted = await tx.execute`
    insert into recording_segments (segment_id, recording_id, participant_id, user_id, source, kind, content_type,
      offset_ms, duration_ms, bytes, width, height, sha256, ended_by)
    values (${segment_id}, ${recording_id}, ${participant_id}, ${user_id}, ${source}, ${kind}, ${content_type},
      ${offset_ms}, ${duration_ms}, ${bytes}, ${width}, ${height}, ${sha256}, ${ended_by})
    on conflict (segment_id) do nothing`
  // It may have been waited for until it was taken for lost.
  if (inserted === 1) await reopenRecording(tx, recording_id)
  return true
}

const Erased = Type.Object({ recording_id: column.id, segment_id: column.id })

/** Removes some of the files in which somebody is heard or seen. */
export function deleteSegmentsOf(
  tx: Transaction,
  { userId, rows }: { userId: string; rows: number },
): Promise<Static<typeof Erased>[]> {
  return tx.many(Erased)`
    delete from recording_segments where segment_id in (
      select segment_id from recording_segments where user_id = ${userId} limit ${rows})
    returning recording_id, segment_id`
}

/** Those of a recording, in the order of its tracks and their time. */
export function listSegments(sql: Queries, recordingId: string): Promise<SegmentRow[]> {
  return sql.many(SegmentRow)`
    select * from recording_segments where recording_id = ${recordingId} order by offset_ms, segment_id`
}

const OpenNode = Type.Object({ recording_id: column.id, is_over: column.flag })
export type OpenNode = Static<typeof OpenNode>

/** The recordings of which a node has, or may have, something that is not stored yet. */
export function listOpenOnNode(sql: Queries, node: string): Promise<OpenNode[]> {
  return sql.many(OpenNode)`
    select recording_id, stopped_at is not null as is_over from recording_nodes join recordings using (recording_id)
    where node = ${node} and not is_done order by recording_id`
}

/** The nodes from which something may be missing for ever. */
export function listLostNodes(sql: Queries, recordingId: string): Promise<{ node: string }[]> {
  return sql.many(Type.Object({ node: column.text }))`
    select node from recording_nodes where recording_id = ${recordingId} and not is_done`
}

export async function markNodeDone(sql: Queries, recordingId: string, node: string): Promise<void> {
  await sql.execute`
    update recording_nodes set is_done = true where recording_id = ${recordingId} and node = ${node}`
}

const Living = Type.Object({ holder: column.id })

/** Which of some processes still have the room of a call. */
export async function listLivingHolders(sql: Queries, holders: readonly string[]): Promise<string[]> {
  const rows = await sql.many(Living)`
    select distinct holder from call_rooms
    where holder = any(${holders}::uuid[]) and lease_until > clock_timestamp()`
  return rows.map(({ holder }) => holder)
}
