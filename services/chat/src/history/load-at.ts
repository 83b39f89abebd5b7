import type { Context } from '../context.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { listEventsAt } from '../stores/logged-messages.ts'
import { applyEvents } from './apply-event.ts'
import { hideExpired } from './hide-expired.ts'

/** The messages at these places of a conversation, as they are now, from log and archive together; in order of seq. */
export async function loadAt(
  { sql, archive }: Pick<Context, 'sql' | 'archive'>,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<StoredMessage[]> {
  // The log comes first: what it loses meanwhile is found in the archive, and the other way round it would be missed.
  const events = await listEventsAt(sql, { conversationId, seqs })
  const logged = new Set(applyEvents([], events).map(({ seq }) => seq))
  const missing = seqs.filter((seq) => !logged.has(seq))
  const archived = missing.length > 0 ? await archive.load([{ conversationId, seqs: missing }]) : []
  return hideExpired(sql, applyEvents(archived, events))
}
