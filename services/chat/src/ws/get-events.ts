import { AppError } from '@secureconnect/errors'
import { type ChatRequest, limits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { conversationNotFound } from '../errors.ts'
import { isBeforeTime, withoutWords } from '../fan-out/placed-frame.ts'
import { toEventFrame } from '../log/to-message.ts'
import { listPages } from '../stores/live.ts'

/** Events of a conversation after a seq, as long as the log has them; fewer than were asked for where they are big. */
export async function getEvents(
  { sql, audience, load }: Pick<Context, 'sql' | 'audience' | 'load'>,
  userId: string,
  { conversation_id: conversationId, after_seq, limit = limits.eventsPerFrame }: ChatRequest<'events.get'>,
) {
  load.assertRoom('read')
  const standing = await audience.readStanding({ conversationId, userId })
  const { visible_from, history_start_seq, log_start, log_epoch, last_seq } = standing
  if (visible_from === null || history_start_seq === null || log_epoch === null || last_seq === null)
    throw conversationNotFound()
  const afterSeq = Math.max(after_seq, visible_from - 1, history_start_seq)
  if (afterSeq < (log_start ?? 0)) {
    throw new AppError('NOT_FOUND', 'These events are in the archive: load messages by pages instead.')
  }
  const [events = []] = await listPages(sql, [{ conversationId, afterSeq }], limit)
  const shown = events.map((event) => (isBeforeTime(event, visible_from) ? withoutWords(event) : event))
  return { events: shown.map(toEventFrame), log_epoch, last_seq }
}
