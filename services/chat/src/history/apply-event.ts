import { eventData } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isChange, type LogEvent, type StoredMessage, toApplied, toStoredMessage } from '../log/log-event.ts'

const EditData = Compile(Type.Pick(eventData['message.edited'], ['metadata', 'group_epoch']))
const DeletionData = Compile(Type.Pick(eventData['message.deleted'], ['deletion_reason']))

function edit(message: StoredMessage, { content, data, created_at }: LogEvent): Partial<StoredMessage> {
  const { metadata, group_epoch } = EditData.Parse(data)
  const facts = { ...message.facts, metadata, ...(group_epoch !== undefined && { group_epoch }) }
  // Either text is missing where the message was deleted later: its deletion follows in the log.
  if (message.content === null) return { content, facts, editedAt: created_at }
  const earlier = {
    content: message.content,
    metadata: message.facts.metadata,
    createdAt: (message.editedAt ?? message.createdAt).toISOString(),
  }
  return { content, facts, versions: [...message.versions, earlier], editedAt: created_at }
}

/** What a message says no more once it is deleted: all of it but that there was one. */
export function withoutText({ facts }: StoredMessage) {
  const { file_ids: _files, mentions: _mentions, mentions_all: _all, ...kept } = facts
  return { content: null, versions: [], facts: { ...kept, metadata: {} } } satisfies Partial<StoredMessage>
}

function changesOf(message: StoredMessage, event: LogEvent): Partial<StoredMessage> {
  // What is deleted stays so, whatever comes later.
  if (message.deletedAt !== null) return {}
  if (event.kind === 'message.edited') return edit(message, event)
  const { deletion_reason } = DeletionData.Parse(event.data)
  return { ...withoutText(message), deletedAt: event.created_at, deletionReason: deletion_reason }
}

/** A message after one more event; what it has in it already, or what is about another one, changes nothing. */
export function applyEvent(message: StoredMessage, event: LogEvent): StoredMessage {
  const applied = toApplied(event)
  if (event.target_seq !== message.seq || applied <= message.applied || !isChange(event)) return message
  return { ...message, ...changesOf(message, event), applied }
}

/** Messages after more events, in order of seq: those that were known and those that the events made. */
export function applyEvents(known: readonly StoredMessage[], events: readonly LogEvent[]): StoredMessage[] {
  const messages = new Map(known.map((message) => [message.seq, message]))
  for (const event of events) {
    const target = event.target_seq === null ? undefined : messages.get(event.target_seq)
    if (event.kind === 'message.created') messages.set(event.seq, toStoredMessage(event))
    else if (target) messages.set(target.seq, applyEvent(target, event))
  }
  return [...messages.values()].sort((a, b) => a.seq - b.seq)
}
