import { CallType } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** Under this topic chat-service hears what calls add to the logs of conversations. The key of a row is a conversation's id. */
export const callEventTopic = 'call-event'

const RingingCall = Type.Object({
  user_id: column.id,
  call_id: column.id,
  conversation_id: column.id,
  call_type: CallType,
  caller_id: column.id,
  created_at: column.timestamp,
  rings_until: column.timestamp,
})
export type RingingCall = Static<typeof RingingCall>

/** Whether a call rings or goes on in a conversation. */
export async function hasOngoingCall(sql: Queries, conversationId: string): Promise<boolean> {
  const found = await sql.maybeOne(Type.Object({ call_id: column.id }))`
    select call_id from calls where conversation_id = ${conversationId} and ended_at is null limit 1`
  return found !== undefined
}

/** The calls that ring at people now. */
export function listRingingCalls(sql: Queries, userIds: readonly string[]): Promise<RingingCall[]> {
  return sql.many(RingingCall)`
    select user_id, call_id, conversation_id, call_type, caller_id, created_at, rings_until
    from calls join call_invites using (call_id) join call_viewers using (call_id, user_id)
    where call_invites.user_id = any(${userIds}::uuid[]) and call_invites.status = 'ringing' and rings_until > clock_timestamp()
    order by call_id`
}
