import { newId } from '@secureconnect/sql'
import type { Chat, Person } from './test-chat.ts'

type Ringing = { caller: Person; callee: Person; conversationId: string }

/** Stands for video-service: a call that rings at somebody. */
export async function insertRingingCall(
  { context: { sql } }: Pick<Chat, 'context'>,
  { caller, callee, conversationId }: Ringing,
): Promise<string> {
  const callId = newId()
  await sql.execute`
    insert into calls (call_id, conversation_id, is_direct, call_type, caller_id, rings_until)
    values (${callId}, ${conversationId}, true, 'video', ${caller.userId}, clock_timestamp() + interval '30 seconds')`
  await sql.execute`insert into call_invites (call_id, user_id) values (${callId}, ${callee.userId})`
  return callId
}
