import type { Queries } from '@secureconnect/sql'
import type { Archive } from '../archive/archive.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { listChanges, listMessagesAt, type MessagePlace } from '../stores/logged-messages.ts'
import { applyEvents } from './apply-event.ts'
import { hideExpired } from './hide-expired.ts'

type History = { sql: Queries; archive: Pick<Archive, 'load'> }

async function loadLogged(sql: Queries, places: readonly MessagePlace[]): Promise<StoredMessage[]> {
  const events = await listMessagesAt(sql, places)
  const ofEach = Map.groupBy(events, ({ conversation_id }) => conversation_id)
  return [...ofEach.values()].flatMap((ofOne) => applyEvents([], ofOne))
}

async function loadArchived({ sql, archive }: History, conversationId: string, seqs: readonly number[]) {
  // The log comes first: what it loses meanwhile is in the archive by then, and the other way round it would be missed.
  const changes = await listChanges(sql, { conversationId, seqs })
  return applyEvents(await archive.load([{ conversationId, seqs }]), changes)
}

/** Messages at places of any conversations, as they are now, in no particular order; without those that there are not. */
export async function loadPlaces(history: History, places: readonly MessagePlace[]): Promise<StoredMessage[]> {
  if (places.length === 0) return []
  const logged = await loadLogged(history.sql, places)
  const known = new Set(logged.map(({ conversationId, seq }) => `${conversationId} ${seq}`))
  const left = places.filter(({ conversation_id, seq }) => !known.has(`${conversation_id} ${seq}`))
  const archived = await Promise.all(
    [...Map.groupBy(left, ({ conversation_id }) => conversation_id)].map(([conversationId, ofOne]) => {
      const seqs = ofOne.map(({ seq }) => seq)
      return loadArchived(history, conversationId, seqs)
    }),
  )
  return hideExpired(history.sql, [...logged, ...archived.flat()])
}
