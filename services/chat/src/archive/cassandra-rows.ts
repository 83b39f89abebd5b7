import { eventData } from '@secureconnect/protocol'
import { types } from 'cassandra-driver'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { MessageFacts, type StoredMessage } from '../log/log-event.ts'
import { MessageVersions } from './message-versions.ts'

const Integer = Type.Refine(Type.Unsafe<types.Long>({}), (value: unknown) => value instanceof types.Long)
const Id = Type.Refine(Type.Unsafe<types.Uuid>({}), (value: unknown) => value instanceof types.Uuid)
const Time = Type.Refine(Type.Unsafe<Date>({}), (value: unknown) => value instanceof Date)
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

const MessageRow = Compile(
  Type.Object({
    conversation_id: Id,
    seq: Integer,
    message_id: Id,
    applied: Integer,
    number: Integer,
    sender_id: Id,
    content: orNull(Type.String()),
    data: Type.String(),
    versions: Type.Optional(orNull(Type.String())),
    edited_at: orNull(Time),
    deleted_at: orNull(Time),
    deletion_reason: eventData['message.deleted'].properties.deletion_reason,
    expires_at: orNull(Time),
    created_at: Time,
  }),
)
const PlaceRow = Compile(Type.Object({ conversation_id: Id, seq: Integer }))
const IdRow = Compile(Type.Object({ message_id: Id, seq: Integer }))
const facts = Compile(MessageFacts)
const allVersions = Compile(MessageVersions)

export const toLong = (value: number) => types.Long.fromNumber(value)
export const toUuid = (value: string) => types.Uuid.fromString(value)

/** A message from its row; a row that does not fit is a fault. */
export function fromMessageRow(row: types.Row): StoredMessage {
  const fields = MessageRow.Parse({ ...row })
  return {
    conversationId: fields.conversation_id.toString(),
    seq: fields.seq.toNumber(),
    messageId: fields.message_id.toString(),
    number: fields.number.toNumber(),
    applied: fields.applied.toNumber(),
    senderId: fields.sender_id.toString(),
    content: fields.content,
    facts: facts.Parse(JSON.parse(fields.data)),
    versions: fields.versions == null ? [] : allVersions.Parse(JSON.parse(fields.versions)),
    createdAt: fields.created_at,
    editedAt: fields.edited_at,
    deletedAt: fields.deleted_at,
    deletionReason: fields.deletion_reason,
    expiresAt: fields.expires_at,
  }
}

export function fromPlaceRow(row: types.Row): { conversationId: string; seq: number } {
  const { conversation_id, seq } = PlaceRow.Parse({ ...row })
  return { conversationId: conversation_id.toString(), seq: seq.toNumber() }
}

export function fromIdRow(row: types.Row): { messageId: string; seq: number } {
  const { message_id, seq } = IdRow.Parse({ ...row })
  return { messageId: message_id.toString(), seq: seq.toNumber() }
}
