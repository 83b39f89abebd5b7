import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

/** The node that has the room of a call now; undefined where none has. */
export async function findRoomNode(sql: Queries, callId: string): Promise<string | undefined> {
  const room = await sql.maybeOne(Type.Object({ node: column.text }))`
    select node from call_rooms where call_id = ${callId} and lease_until > clock_timestamp()`
  return room?.node
}
