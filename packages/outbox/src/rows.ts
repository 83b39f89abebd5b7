import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const OutboxRow = Type.Object({
  outbox_id: column.id,
  topic: column.text,
  key: column.text,
  payload: Type.Unknown(),
  created_at: column.timestamp,
  /** This attempt included. */
  attempts: column.integer,
})

/** A side effect that waits, as its handler gets it. */
export type OutboxRow = Static<typeof OutboxRow>

export type Claim = { topic: string; holder: string; leaseMs: number; count: number }

/** Takes rows that are due and the oldest of their key; nobody else takes them before the lease runs out. */
export function claimRows(sql: Queries, { topic, holder, leaseMs, count }: Claim): Promise<OutboxRow[]> {
  return sql.many(OutboxRow)`
    with due as (
      select candidate.outbox_id from outbox candidate
      where candidate.topic = ${topic} and candidate.dead_at is null and candidate.due_at <= now()
        and (candidate.lease_until is null or candidate.lease_until < now())
        and (candidate.expires_at is null or candidate.expires_at > now())
        and not exists (
          select 1 from outbox older
          where older.topic = candidate.topic and older.key = candidate.key and older.dead_at is null
            and (older.expires_at is null or older.expires_at > now())
            and (older.created_at, older.outbox_id) < (candidate.created_at, candidate.outbox_id))
      order by candidate.due_at
      limit ${count}
      for update skip locked
    )
    update outbox set holder = ${holder}, attempts = attempts + 1,
      lease_until = clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where outbox_id in (select outbox_id from due)
    returning outbox_id, topic, key, payload, created_at, attempts`
}

type Held = { row: OutboxRow; holder: string }

/** Removes a row whose effect has happened; false if the lease had gone to somebody else. */
export async function removeRow(sql: Queries, { row, holder }: Held): Promise<boolean> {
  return (await sql.execute`delete from outbox where outbox_id = ${row.outbox_id} and holder = ${holder}`) === 1
}

/** Gives a row back for another attempt later. */
export async function postponeRow(sql: Queries, { row, holder }: Held, delayMs: number, error: string): Promise<void> {
  await sql.execute`
    update outbox set holder = null, lease_until = null, last_error = ${error},
      due_at = clock_timestamp() + interval '1 millisecond' * ${delayMs}::float8
    where outbox_id = ${row.outbox_id} and holder = ${holder}`
}

/** Gives a row up: it stays for people to look at, and no longer stands in the way of its key. */
export async function buryRow(sql: Queries, { row, holder }: Held, error: string): Promise<void> {
  await sql.execute`
    update outbox set holder = null, lease_until = null, last_error = ${error}, dead_at = clock_timestamp()
    where outbox_id = ${row.outbox_id} and holder = ${holder}`
}

/**
 * Whether a newer effect of the same key waits: where only the newest matters, it does for both, and takes over what
 * lasts.
 */
export async function yieldToNewer(sql: Queries, row: OutboxRow, lasting = ''): Promise<boolean> {
  const { outbox_id, topic, key } = row
  const overtaken = await sql.execute`
    update outbox newer set payload = case when own.payload ? ${lasting}::text
      then newer.payload || jsonb_build_object(${lasting}::text, own.payload -> ${lasting}::text)
      else newer.payload end
    from outbox own
    where own.outbox_id = ${outbox_id} and newer.topic = ${topic} and newer.key = ${key} and newer.dead_at is null
      and (newer.created_at, newer.outbox_id) > (own.created_at, own.outbox_id)`
  return overtaken > 0
}

/** Removes rows of a topic that nobody wants any more; answers how many. */
export function removeExpired(sql: Queries, topic: string): Promise<number> {
  return sql.execute`
    delete from outbox
    where topic = ${topic} and dead_at is null and expires_at <= now()
      and (lease_until is null or lease_until < now())`
}

/** Removes all that waits in topics, and answers how much: what a backup holds of it may have happened since. */
export function dropEffects(sql: Queries, topics: readonly string[]): Promise<number> {
  return sql.execute`delete from outbox where topic = any(${topics}::text[])`
}

const Backlog = Type.Object({ pending: column.integer, oldest_seconds: column.number })

/** How much of a topic waits, and how late the oldest is: what was to happen later on is late from then. */
export function measureBacklog(sql: Queries, topic: string): Promise<Static<typeof Backlog>> {
  return sql.one(Backlog)`
    select count(*) as pending,
      coalesce(extract(epoch from now() - min(case when attempts <= 1 and due_at <= now() then due_at when attempts > 0 then created_at end)), 0)::float8
        as oldest_seconds
    from outbox where topic = ${topic} and dead_at is null`
}
