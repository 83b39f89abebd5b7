import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** More than a call changes in its life. */
const skipped = 1_000_000

const GoingOn = Type.Object({ call_id: column.id, seen_at: column.timestamp })

/** The calls that went on when a backup was taken, and when they were last heard of. */
export function listGoingOn(sql: Queries): Promise<Static<typeof GoingOn>[]> {
  return sql.many(GoingOn)`
    select call_id, greatest(created_at, answered_at,
      least(clock_timestamp(), coalesce(lease_until, rings_until, clock_timestamp()))) as seen_at
    from calls left join call_rooms using (call_id) where ended_at is null order by call_id`
}

/** Has a call go on from a version that none of its copies has, which may know what came after the backup. */
export async function skipVersions(sql: Queries, callId: string): Promise<void> {
  await sql.execute`update calls set version = version + ${skipped} where call_id = ${callId}`
}

/** No process has rooms or posts webhooks now, whatever the backup says. */
export async function forgetNodes(sql: Queries): Promise<void> {
  await sql.execute`delete from video_nodes`
  await sql.execute`delete from call_rooms`
}
