import { limits } from '@secureconnect/protocol'
import { factsOf, type LogEvent, type StoredMessage } from '../log/log-event.ts'
import type { ChangedEntry, SearchEntry } from './search-index.ts'
import { listTerms } from './words.ts'

/** An entry whose words are not taken out of its text yet: there may be a later text. */
type Draft<E extends ChangedEntry> = Omit<E, 'terms'> & { content: string }

const placeOf = ({ conversation_id, seq }: Pick<ChangedEntry, 'conversation_id' | 'seq'>) => `${conversation_id} ${seq}`

function toEntry<E extends ChangedEntry>({ content, ...entry }: Draft<E>) {
  return { ...entry, terms: listTerms(content, limits.searchedWordsPerMessage) }
}

/** What a new message is found by; nothing where it is encrypted, of the service's own, or was deleted. */
function draftAdded(event: LogEvent): Draft<SearchEntry> | undefined {
  const { conversation_id, seq, actor_id, content, created_at, expires_at } = event
  if (content === null || actor_id === null) return undefined
  const { message_type, is_encrypted, file_ids = [] } = factsOf(event)
  if (message_type === 'system' || is_encrypted) return undefined
  const has_files = file_ids.length > 0
  return { conversation_id, seq, sender_id: actor_id, has_files, created_at, expires_at, content }
}

/** What a message is found by after an edit, which holds no text where its message was deleted later. */
function draftChanged({ kind, conversation_id, target_seq, content }: LogEvent): Draft<ChangedEntry> | undefined {
  if (kind !== 'message.edited' || content === null || target_seq === null) return undefined
  return { conversation_id, seq: target_seq, content }
}

/** What archived messages are found by. */
export function toArchivedEntries(messages: readonly StoredMessage[]): SearchEntry[] {
  return messages.flatMap(({ conversationId, seq, senderId, content, facts, createdAt, expiresAt, deletedAt }) => {
    if (content === null || deletedAt !== null || facts.message_type === 'system' || facts.is_encrypted) return []
    const has_files = (facts.file_ids ?? []).length > 0
    const place = { conversation_id: conversationId, seq }
    const about = { sender_id: senderId, has_files, created_at: createdAt, expires_at: expiresAt }
    return [toEntry<SearchEntry>({ ...place, ...about, content })]
  })
}

/** What events, in order, change in the search: messages that they made, and others that they edited. */
export function toEntries(events: readonly LogEvent[]): { added: SearchEntry[]; changed: ChangedEntry[] } {
  const added = new Map<string, Draft<SearchEntry>>()
  const changed = new Map<string, Draft<ChangedEntry>>()
  for (const event of events) {
    const made = event.kind === 'message.created' ? draftAdded(event) : undefined
    if (made) added.set(placeOf(made), made)
    const edited = draftChanged(event)
    const known = edited && added.get(placeOf(edited))
    if (edited && known) known.content = edited.content
    else if (edited) changed.set(placeOf(edited), edited)
  }
  return { added: [...added.values()].map(toEntry), changed: [...changed.values()].map(toEntry) }
}
