import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { LogEvent } from '../log/log-event.ts'

const Marks = Type.Object({ log_start: column.integer, archived_seq: column.integer })

/** The log holds every event above `log_start`; the archive has every one up to `archived_seq`. */
type Marks = Static<typeof Marks>

export async function findMarks(sql: Queries, conversationId: string): Promise<Marks> {
  const marks = await sql.maybeOne(Marks)`
    select log_start, archived_seq from archive_state where conversation_id = ${conversationId}`
  return marks ?? { log_start: 0, archived_seq: 0 }
}

export const PendingRow = Type.Object({
  conversation_id: column.id,
  changed_at: column.timestamp,
  /** Of all that are pending, also of those beyond the limit. */
  lag: column.integer,
})

/** A conversation with events that are not yet in the archive. */
export type Pending = Static<typeof PendingRow>

/** What changed since some time, and `apart` from when that was, these conversations. */
export type Changes = { since: Date; apart: readonly string[]; rows: number }

/** Conversations that are not all in the archive: those named first, then those that wait longest. */
export function listPending(sql: Queries, { since, apart, rows }: Changes): Promise<Pending[]> {
  return sql.many(PendingRow)`
    select conversation_id, changed_at, (sum(last_seq - archived_seq) over ())::bigint as lag
    from conversations join archive_state using (conversation_id)
    where (changed_at > ${since} or conversation_id = any(${apart}::uuid[])) and last_seq > archived_seq
    order by conversation_id = any(${apart}::uuid[]) desc, changed_at limit ${rows}`
}

const Lease = Type.Object({ conversation_id: column.id, archived_seq: column.integer })

/** The right to archive a conversation, for a while. */
export type Lease = Static<typeof Lease>

/**
 * Takes for 30 seconds what nobody else holds, and again what the same holder could not give back. It waits for who locks
 * a row, which the search does at much the same moment: to leave those out would leave them for the next pass. What is to
 * be dropped goes first: what comes after it must not be merged with what the archive held before.
 */
export function takeLeases(
  sql: Queries,
  { conversationIds, holder }: { conversationIds: readonly string[]; holder: string },
): Promise<Lease[]> {
  return sql.many(Lease)`
    update archive_state set holder = ${holder}, lease_until = clock_timestamp() + interval '30 seconds'
    where conversation_id in (
      select conversation_id from archive_state
      where conversation_id = any(${conversationIds}::uuid[])
        and (lease_until is null or lease_until < clock_timestamp() or holder = ${holder})
        and not exists (
          select 1 from archive_drops
          where archive_drops.conversation_id = archive_state.conversation_id and through_seq > archived_seq)
      order by conversation_id for update)
    returning conversation_id, archived_seq`
}

/**
 * What comes next for the archive, in order within each conversation. Each is read by itself: joined as a whole, all of a
 * log of some size would be read.
 */
export function listUnarchived(sql: Queries, leases: readonly Lease[], rows: number): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    select log.* from jsonb_to_recordset(${json(leases)}::jsonb) as lease (conversation_id uuid, archived_seq bigint)
    cross join lateral (
      select * from conversation_log
      where conversation_id = lease.conversation_id and seq > lease.archived_seq
      order by seq limit ${rows}
    ) as log
    order by log.conversation_id, log.seq limit ${rows}`
}

/** From where to where the archive has come. */
type Move = Lease & { to: number }

/** Moves marks where the lease still holds and nobody else moved them, and holds it longer; answers what holds. */
export function moveMarks(
  sql: Queries,
  { holder, moves }: { holder: string; moves: readonly Move[] },
): Promise<Lease[]> {
  return sql.many(Lease)`
    update archive_state set archived_seq = move."to", lease_until = clock_timestamp() + interval '30 seconds'
    from jsonb_to_recordset(${json(moves)}::jsonb) as move (conversation_id uuid, archived_seq bigint, "to" bigint)
    where archive_state.conversation_id = move.conversation_id and archive_state.archived_seq = move.archived_seq
      and holder = ${holder} and lease_until > clock_timestamp()
    returning archive_state.conversation_id, archive_state.archived_seq`
}

export async function releaseLeases(
  sql: Queries,
  { conversationIds, holder }: { conversationIds: readonly string[]; holder: string },
): Promise<void> {
  await sql.execute`
    update archive_state set holder = null, lease_until = null
    where conversation_id = any(${conversationIds}::uuid[]) and holder = ${holder}`
}
