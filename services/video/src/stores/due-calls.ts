import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** So many at a time, that none takes long. */
const callsAtOnce = 100

const Due = Type.Object({ call_id: column.id })
const Intruder = Type.Object({ call_id: column.id, user_id: column.id })

/** Calls whose ringing has had its time. */
export function listDueRings(sql: Queries): Promise<Static<typeof Due>[]> {
  return sql.many(Due)`
    select call_id from calls where rings_until <= clock_timestamp() order by rings_until limit ${callsAtOnce}`
}

/** Calls in whose lobby somebody has waited long enough. */
export function listDueLobbies(sql: Queries): Promise<Static<typeof Due>[]> {
  return sql.many(Due)`
    select call_id from call_admissions where waits_until <= clock_timestamp()
    group by call_id order by min(waits_until) limit ${callsAtOnce}`
}

/** Calls with somebody who did not come back in time. */
export function listOverdue(sql: Queries): Promise<Static<typeof Due>[]> {
  return sql.many(Due)`
    select call_id from call_participants
    where left_at is null and resume_until <= clock_timestamp()
    group by call_id order by min(resume_until) limit ${callsAtOnce}`
}

/** Calls with people who are connected to a room that no process has any more. */
export function listLostRooms(sql: Queries): Promise<Static<typeof Due>[]> {
  return sql.many(Due)`
    select distinct call_id from call_participants
    where left_at is null and resume_until is null and not exists (
      select 1 from call_rooms room where room.call_id = call_participants.call_id and lease_until > clock_timestamp())
    limit ${callsAtOnce}`
}

/** The room of a call that is over has so long to say what it measured; where none is left, nobody is waited for. */
const lastMeasuresMs = 10_000

/** Calls that are over and of which nothing more is to be expected. */
export function listUnreported(sql: Queries): Promise<Static<typeof Due>[]> {
  return sql.many(Due)`
    select call_id from calls
    where ended_at is not null and reported_at is null
      and (ended_at < clock_timestamp() - interval '1 millisecond' * ${lastMeasuresMs}::float8 or not exists (
        select 1 from call_rooms room where room.call_id = calls.call_id and lease_until > clock_timestamp()))
    order by ended_at limit ${callsAtOnce}`
}

/** Who is in a call, rung by it or in its lobby, and may not be: no longer in its conversation, or apart by a block from who called. */
export function listIntruders(sql: Queries): Promise<Static<typeof Intruder>[]> {
  return sql.many(Intruder)`
    with person as (
      select calls.call_id, user_id, is_direct, caller_id
      from calls join call_participants using (call_id) where ended_at is null and left_at is null
      union
      select calls.call_id, user_id, is_direct, caller_id
      from calls join call_invites invite using (call_id) where ended_at is null and invite.status = 'ringing'
      union
      select calls.call_id, user_id, is_direct, caller_id
      from calls join call_admissions using (call_id) where ended_at is null and waits_until is not null
    )
    select call_id, user_id from person
    where not exists (
        select 1 from call_viewers viewer where viewer.call_id = person.call_id and viewer.user_id = person.user_id)
      or (is_direct and exists (
        select 1 from blocks
        where (blocks.user_id = person.user_id and blocked_id = caller_id)
          or (blocks.user_id = caller_id and blocked_id = person.user_id)))
    limit ${callsAtOnce}`
}

/** Forgets some of the calls that were over so many days ago, with who was in them. */
export async function removeOldCalls(sql: Queries, days: number): Promise<void> {
  await sql.execute`
    delete from calls where call_id in (
      select call_id from calls where ended_at < now() - ${days} * interval '1 day'
      order by ended_at limit ${callsAtOnce} for update skip locked)`
}
