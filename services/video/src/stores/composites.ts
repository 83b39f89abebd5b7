import { RecordingComposite } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const { status, reason } = RecordingComposite.properties

export const CompositeRow = Type.Object({
  recording_id: column.id,
  composite_id: column.id,
  status,
  reason,
  asked_by: column.nullable(column.id),
  asked_at: column.timestamp,
  attempts: column.integer,
  finished_at: column.nullable(column.timestamp),
  duration_ms: column.nullable(column.integer),
  width: column.nullable(column.integer),
  height: column.nullable(column.integer),
  bytes: column.nullable(column.integer),
  sha256: column.nullable(column.text),
})
export type CompositeRow = Static<typeof CompositeRow>

type Ask = { recordingId: string; by: string | null }

/** Notes that a recording is to get a composite: where one failed anew, else what there is of it stays. */
export async function askForComposite(tx: Transaction, { recordingId, by }: Ask): Promise<CompositeRow> {
  await tx.execute`
    insert into recording_composites (recording_id, composite_id, asked_by) values (${recordingId}, ${newId()}, ${by})
    on conflict (recording_id) do update set status = 'waiting', reason = null, finished_at = null, attempts = 0,
      asked_by = excluded.asked_by, asked_at = clock_timestamp(), due_at = clock_timestamp()
    where recording_composites.status = 'failed'`
  return tx.one(CompositeRow)`select * from recording_composites where recording_id = ${recordingId}`
}

export function findComposite(sql: Queries, recordingId: string): Promise<CompositeRow | undefined> {
  return sql.maybeOne(CompositeRow)`select * from recording_composites where recording_id = ${recordingId}`
}

/** Those of the recordings of a call. */
export function listComposites(sql: Queries, callId: string): Promise<CompositeRow[]> {
  return sql.many(CompositeRow)`
    select composite.* from recording_composites composite join recordings using (recording_id)
    where recordings.call_id = ${callId}`
}

/** A process that makes composites, and how long it may be silent before another one begins anew. */
export type Maker = { holder: string; leaseMs: number }

/** A process that died of one took its calls along: that is not done as often as what only failed. */
const attemptsPerDeath = 3

/** Takes one that waits, or whose process is gone, and of whose recording everything is stored. */
export function claimComposite(sql: Queries, { holder, leaseMs }: Maker): Promise<CompositeRow | undefined> {
  return sql.maybeOne(CompositeRow)`
    update recording_composites set status = 'working', holder = ${holder},
      attempts = attempts + case when status = 'working' then ${attemptsPerDeath}::integer else 1 end,
      lease_until = clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where recording_id = (
      select recording_id from recording_composites composite
      where status in ('waiting', 'working') and due_at <= now() and (lease_until is null or lease_until < now())
        and exists (
          select 1 from recordings
          where recordings.recording_id = composite.recording_id and recordings.status = 'ready')
      order by due_at limit 1 for update skip locked)
    returning *`
}

export type Held = Pick<CompositeRow, 'recording_id' | 'composite_id'> & { holder: string }

/** Keeps it; false where it is another's, or nobody's any more. */
export async function keepComposite(
  sql: Queries,
  { recording_id, composite_id, holder }: Held,
  leaseMs: number,
): Promise<boolean> {
  const kept = await sql.execute`
    update recording_composites set lease_until = clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where recording_id = ${recording_id} and composite_id = ${composite_id} and holder = ${holder}`
  return kept === 1
}

/** Gives it back to be tried again, by whoever comes first then. */
export async function giveBackComposite(
  sql: Queries,
  { recording_id, composite_id, holder }: Held,
  { waitMs, attempts }: { waitMs: number; attempts: number },
): Promise<void> {
  await sql.execute`
    update recording_composites set status = 'waiting', holder = null, lease_until = null, attempts = ${attempts},
      due_at = clock_timestamp() + interval '1 millisecond' * ${waitMs}::float8
    where recording_id = ${recording_id} and composite_id = ${composite_id} and holder = ${holder}`
}

export type CompositeFile = { durationMs: number; width: number; height: number; bytes: number; sha256: string }

/** Notes that it is made and stored; undefined where it is another's, or nobody's any more. */
export function noteComposite(tx: Transaction, held: Held, file: CompositeFile): Promise<CompositeRow | undefined> {
  const { recording_id, composite_id, holder } = held
  const { durationMs, width, height, bytes, sha256 } = file
  return tx.maybeOne(CompositeRow)`
    update recording_composites set status = 'done', holder = null, lease_until = null,
      finished_at = clock_timestamp(), duration_ms = ${durationMs}, width = ${width}, height = ${height},
      bytes = ${bytes}, sha256 = ${sha256}
    where recording_id = ${recording_id} and composite_id = ${composite_id} and holder = ${holder}
    returning *`
}

/** Notes that there will be none; undefined where it is another's, or nobody's any more. */
export function failComposite(
  tx: Transaction,
  { recording_id, composite_id, holder }: Held,
  why: NonNullable<CompositeRow['reason']>,
): Promise<CompositeRow | undefined> {
  return tx.maybeOne(CompositeRow)`
    update recording_composites set status = 'failed', reason = ${why}, holder = null, lease_until = null,
      finished_at = clock_timestamp()
    where recording_id = ${recording_id} and composite_id = ${composite_id} and holder = ${holder}
    returning *`
}

/** Notes that there is nothing of which one could be made; undefined where none is wanted, or it failed before. */
export function failEmptyComposite(tx: Transaction, recordingId: string): Promise<CompositeRow | undefined> {
  return tx.maybeOne(CompositeRow)`
    update recording_composites set status = 'failed', reason = 'nothing', finished_at = clock_timestamp(),
      holder = null, lease_until = null, sha256 = null
    where recording_id = ${recordingId} and status <> 'failed'
    returning *`
}

const Former = Type.Object({ composite_id: column.id })

/** Has it made anew, of other tracks than before; answers the id of the one that must not be kept. */
export async function renewComposite(tx: Transaction, recordingId: string): Promise<string | undefined> {
  const former = await tx.maybeOne(Former)`
    select composite_id from recording_composites where recording_id = ${recordingId} for update`
  if (!former) return undefined
  await tx.execute`
    update recording_composites set composite_id = ${newId()}, status = 'waiting', reason = null, attempts = 0,
      due_at = clock_timestamp(), holder = null, lease_until = null, finished_at = null, duration_ms = null,
      width = null, height = null, bytes = null, sha256 = null
    where recording_id = ${recordingId}`
  return former.composite_id
}

/** The processes that make any. */
export async function listMakers(sql: Queries): Promise<string[]> {
  const rows = await sql.many(Type.Object({ holder: column.id }))`
    select distinct holder from recording_composites where status = 'working' and lease_until > clock_timestamp()`
  return rows.map(({ holder }) => holder)
}
