import { AppError } from '@secureconnect/errors'
import { type ChatRequest, type EventFrame, limits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { conversationNotFound } from '../errors.ts'
import type { LogEvent } from '../log/log-event.ts'
import { toEventFrame } from '../log/to-message.ts'
import { listPages } from '../stores/live.ts'

/** A reply holds no more, however many events were asked for. */
const replyCharacters = 512 * 1024

/** As many events as fit into a reply, and at least one. */
function takeFitting(events: readonly LogEvent[]): EventFrame[] {
  const frames = events.map(toEventFrame)
  let characters = 0
  const over = frames.findIndex((frame) => {
    characters += JSON.stringify(frame).length
    return characters > replyCharacters
  })
  return over === -1 ? frames : frames.slice(0, Math.max(1, over))
}

/** Events of a conversation after a seq, as long as the log has them. */
export async function getEvents(
  { sql, audience }: Pick<Context, 'sql' | 'audience'>,
  userId: string,
  { conversation_id: conversationId, after_seq, limit = limits.eventsPerFrame }: ChatRequest<'events.get'>,
) {
  const standing = await audience.readStanding({ conversationId, userId })
  const { visible_from, history_start_seq, log_start, log_epoch, last_seq } = standing
  if (visible_from === null || history_start_seq === null || log_epoch === null || last_seq === null)
    throw conversationNotFound()
  const afterSeq = Math.max(after_seq, visible_from - 1, history_start_seq)
  if (afterSeq < (log_start ?? 0)) {
    throw new AppError('NOT_FOUND', 'These events are in the archive: load messages by pages instead.')
  }
  const [events = []] = await listPages(sql, [{ conversationId, afterSeq }], limit)
  return { events: takeFitting(events), log_epoch, last_seq }
}
