import type { LogEvent } from './log-event.ts'

type Place = Pick<LogEvent, 'conversation_id' | 'seq'>

/**
 * How far logs were read, each of which was known to end at `last_seq`, where the events that were found came in order and
 * at most so many: the last of them may not be the last of its conversation, and those behind it were not reached.
 */
export function findEnds(
  logs: readonly { conversation_id: string; last_seq: number }[],
  events: readonly Place[],
  mostEvents: number,
): Place[] {
  const last = events.length === mostEvents ? events.at(-1) : undefined
  return logs.flatMap(({ conversation_id, last_seq }) => {
    if (!last || conversation_id < last.conversation_id) return [{ conversation_id, seq: last_seq }]
    return conversation_id === last.conversation_id ? [{ conversation_id, seq: last.seq }] : []
  })
}
