import { applyEvents } from '../history/apply-event.ts'
import { isChange, type LogEvent, type StoredMessage } from '../log/log-event.ts'
import type { Archive } from './archive.ts'

type Store = Pick<Archive, 'load' | 'write'>

/** The messages that a conversation's events change and that came before them all. */
function listOlderTargets(events: readonly LogEvent[]): number[] {
  const made = new Set(events.map(({ seq }) => seq))
  const targets = events
    .filter(isChange)
    .flatMap(({ target_seq }) => (target_seq === null || made.has(target_seq) ? [] : [target_seq]))
  return [...new Set(targets)]
}

async function mergeEvents(archive: Store, conversationId: string, events: readonly LogEvent[]) {
  const seqs = listOlderTargets(events)
  const known = seqs.length > 0 ? await archive.load({ conversationId, seqs }) : []
  const before = new Map(known.map(({ seq, applied }) => [seq, applied]))
  return applyEvents(known, events).filter(({ seq, applied }) => before.get(seq) !== applied)
}

/** Puts into the archive what events made of messages; the events of each conversation follow all that it has. */
export async function archiveEvents(archive: Store, events: readonly LogEvent[]): Promise<void> {
  const messages: StoredMessage[] = []
  for (const [conversationId, ofOne] of Map.groupBy(events, ({ conversation_id }) => conversation_id)) {
    messages.push(...(await mergeEvents(archive, conversationId, ofOne)))
  }
  await archive.write(messages)
}
