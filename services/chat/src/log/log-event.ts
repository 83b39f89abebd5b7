import type { DeletionReason, EventKind } from '@secureconnect/protocol'
import { MessageType, Metadata } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What a message says beside its text. */
export const MessageFacts = Type.Object({
  message_type: MessageType,
  is_encrypted: Type.Boolean(),
  group_epoch: Type.Optional(Type.Integer()),
  metadata: Metadata,
  client_id: Type.Optional(Type.String()),
  reply_to: Type.Optional(Type.String()),
  forwarded_from: Type.Optional(Type.String()),
  mentions: Type.Optional(Type.Array(Type.String())),
  mentions_all: Type.Optional(Type.Literal(true)),
  file_ids: Type.Optional(Type.Array(Type.String())),
})
export type MessageFacts = Static<typeof MessageFacts>

/** A row of a conversation's log: one thing that happened. */
export const LogEvent = Type.Object({
  conversation_id: column.id,
  seq: column.integer,
  log_epoch: column.integer,
  kind: Type.Unsafe<EventKind>(column.text),
  /** Who did it; null where nobody did, as when a message expires. */
  actor_id: column.nullable(column.id),
  message_id: column.nullable(column.id),
  target_seq: column.nullable(column.integer),
  /** People's messages up to here. */
  number: column.integer,
  content: column.nullable(column.text),
  data: Type.Record(Type.String(), Type.Unknown()),
  expires_at: column.nullable(column.timestamp),
  created_at: column.timestamp,
})
export type LogEvent = Static<typeof LogEvent>

/** Whether an event changes what a message says; reactions to it, for one, do not. */
export function isChange({ kind }: Pick<LogEvent, 'kind'>): boolean {
  return kind === 'message.edited' || kind === 'message.deleted'
}

/** A message as it is after every event up to `applied`, wherever it was read from. */
export type StoredMessage = {
  conversationId: string
  seq: number
  messageId: string
  number: number
  /** What came in: `log_epoch * 2^40 + seq` of the newest event that is in here. */
  applied: number
  senderId: string
  content: string | null
  facts: MessageFacts
  /** Earlier texts, oldest first. */
  versions: readonly { content: string; metadata: Metadata; createdAt: string }[]
  createdAt: Date
  editedAt: Date | null
  deletedAt: Date | null
  deletionReason: DeletionReason | null
  expiresAt: Date | null
}

/** Orders all that is ever written about a conversation, also across a restore. */
export function toApplied({ log_epoch, seq }: Pick<LogEvent, 'log_epoch' | 'seq'>): number {
  return log_epoch * 2 ** 40 + seq
}

const facts = Compile(MessageFacts)

/** The facts of a row of kind message.created. */
export function factsOf({ data, conversation_id, seq }: LogEvent): MessageFacts {
  if (facts.Check(data)) return data
  throw new Error(`Event ${seq} of ${conversation_id} holds no message`)
}

/** A message as its creation made it. */
export function toStoredMessage(event: LogEvent): StoredMessage {
  const { conversation_id, seq, message_id, actor_id, number, content, created_at, expires_at } = event
  if (message_id === null || actor_id === null) throw new Error(`Event ${seq} of ${conversation_id} is no message`)
  return {
    conversationId: conversation_id,
    seq,
    messageId: message_id,
    number,
    applied: toApplied(event),
    senderId: actor_id,
    content,
    facts: factsOf(event),
    versions: [],
    createdAt: created_at,
    editedAt: null,
    deletedAt: null,
    deletionReason: null,
    expiresAt: expires_at,
  }
}
