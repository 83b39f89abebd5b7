import { applyEvents } from '../history/apply-event.ts'
import { isChange, type LogEvent, type StoredMessage } from '../log/log-event.ts'
import type { Archive } from './archive.ts'

type Store = Pick<Archive, 'load' | 'pass' | 'write'>

/** The messages that a conversation's events change and that came before them all. */
function listOlderTargets(events: readonly LogEvent[]): number[] {
  const made = new Set(events.map(({ seq }) => seq))
  const targets = events
    .filter(isChange)
    .flatMap(({ target_seq }) => (target_seq === null || made.has(target_seq) ? [] : [target_seq]))
  return [...new Set(targets)]
}

/** Messages of a conversation as its events leave them, without those that they do not change. */
function mergeEvents(known: StoredMessage[], events: readonly LogEvent[]): StoredMessage[] {
  const before = new Map(known.map(({ seq, applied }) => [seq, applied]))
  return applyEvents(known, events).filter(({ seq, applied }) => before.get(seq) !== applied)
}

/** Puts into the archive what events made of messages; the events of each conversation follow all that it has. */
export async function archiveEvents(archive: Store, events: readonly LogEvent[]): Promise<void> {
  const ofEach = [...Map.groupBy(events, ({ conversation_id }) => conversation_id)]
  const targets = ofEach.map(([conversationId, ofOne]) => ({ conversationId, seqs: listOlderTargets(ofOne) }))
  const changed = targets.filter(({ seqs }) => seqs.length > 0)
  const known = changed.length > 0 ? await archive.load(changed) : []
  const knownOf = Map.groupBy(known, ({ conversationId }) => conversationId)
  const messages = ofEach.flatMap(([conversationId, ofOne]) => mergeEvents(knownOf.get(conversationId) ?? [], ofOne))
  await archive.pass(events)
  await archive.write(messages)
}
