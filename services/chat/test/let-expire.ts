import type { Message } from '@secureconnect/protocol'
import type { OpenContext } from './history-room.ts'

/** As if a message's time had just run out. */
export async function letExpire(
  { sql }: Pick<OpenContext, 'sql'>,
  { conversation_id, seq }: Pick<Message, 'conversation_id' | 'seq'>,
): Promise<void> {
  await sql.execute`
    update conversation_log set expires_at = clock_timestamp()
    where conversation_id = ${conversation_id} and seq = ${seq}`
  await sql.execute`
    update search_entries set expires_at = clock_timestamp()
    where conversation_id = ${conversation_id} and seq = ${seq}`
  await sql.execute`
    update expiring_messages set due_at = clock_timestamp()
    where conversation_id = ${conversation_id} and seq = ${seq}`
}
