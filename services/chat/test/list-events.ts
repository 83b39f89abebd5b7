import type { Queries } from '@secureconnect/sql'
import { LogEvent } from '../src/log/log-event.ts'

/** What happened in a conversation after a seq, in order, as the log holds it. */
export function listEvents(
  sql: Queries,
  { conversationId, afterSeq = 0 }: { conversationId: string; afterSeq?: number },
): Promise<LogEvent[]> {
  return sql.many(LogEvent)`
    select * from conversation_log where conversation_id = ${conversationId} and seq > ${afterSeq} order by seq`
}
