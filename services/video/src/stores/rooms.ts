import { column, newId, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

/** The node that has the room of a call now; undefined where none has. */
export async function findRoomNode(sql: Queries, callId: string): Promise<string | undefined> {
  const room = await sql.maybeOne(Type.Object({ node: column.text }))`
    select node from call_rooms where call_id = ${callId} and lease_until > clock_timestamp()`
  return room?.node
}

/** A process that has rooms, on a node as signaling URLs name it. */
export type Holder = { node: string; holder: string; leaseMs: number }

const CallId = Type.Object({ call_id: column.id })

/** Takes the room of a call, where nobody else has it; an earlier process of the same node has none any more. */
export async function takeRoom(sql: Queries, callId: string, { node, holder, leaseMs }: Holder): Promise<boolean> {
  const taken = await sql.maybeOne(CallId)`
    insert into call_rooms (call_id, node, holder, lease_until)
    values (${callId}, ${node}, ${holder}, clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8)
    on conflict (call_id) do update
      set node = excluded.node, holder = excluded.holder, lease_until = excluded.lease_until,
        ready_at = clock_timestamp()
      where call_rooms.node = excluded.node or call_rooms.lease_until <= clock_timestamp()
    returning call_id`
  return taken !== undefined
}

/** Whether the room of a call is still this process's: nobody else has taken it, late as it may be in keeping it. */
export async function hasRoom(sql: Queries, callId: string, holder: string): Promise<boolean> {
  const held = await sql.maybeOne(CallId)`
    select call_id from call_rooms where call_id = ${callId} and holder = ${holder}`
  return held !== undefined
}

/** Keeps the rooms of a process; answers those that it still has. */
export async function keepRooms(
  sql: Queries,
  callIds: readonly string[],
  { holder, leaseMs }: Holder,
): Promise<string[]> {
  const kept = await sql.many(CallId)`
    update call_rooms set lease_until = clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where call_id = any(${callIds}::uuid[]) and holder = ${holder} returning call_id`
  return kept.map(({ call_id }) => call_id)
}

/** Leaves a room to another node, whose processes take it when its people come; false where it was another's by now. */
export async function giveRoom(sql: Queries, callId: string, { node, holder, leaseMs }: Holder): Promise<boolean> {
  const given = await sql.execute`
    update call_rooms set node = ${node}, holder = ${newId()},
      lease_until = clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where call_id = ${callId} and holder = ${holder}`
  return given === 1
}

/** Gives rooms back, so that another process need not wait. */
export async function leaveRooms(sql: Queries, callIds: readonly string[], { holder }: Holder): Promise<void> {
  await sql.execute`delete from call_rooms where call_id = any(${callIds}::uuid[]) and holder = ${holder}`
}
