import { eventData } from '@secureconnect/protocol'
import { column, json, type Sql } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { MessageFacts, type StoredMessage } from '../log/log-event.ts'
import type { Archive, ArchivePage, ArchiveRange } from './archive.ts'
import { MessageVersions } from './message-versions.ts'

const ListedMessage = Type.Object({
  conversation_id: column.id,
  seq: column.integer,
  message_id: column.id,
  applied: column.integer,
  number: column.integer,
  sender_id: column.id,
  content: column.nullable(column.text),
  data: MessageFacts,
  edited_at: column.nullable(column.timestamp),
  deleted_at: column.nullable(column.timestamp),
  deletion_reason: eventData['message.deleted'].properties.deletion_reason,
  expires_at: column.nullable(column.timestamp),
  created_at: column.timestamp,
})
type ListedMessage = Static<typeof ListedMessage>
const ArchivedMessage = Type.Object({ ...ListedMessage.properties, versions: MessageVersions })
type ArchivedMessage = Static<typeof ArchivedMessage>

function toRow(message: StoredMessage): ArchivedMessage {
  const { versions } = message
  return {
    conversation_id: message.conversationId,
    seq: message.seq,
    message_id: message.messageId,
    applied: message.applied,
    number: message.number,
    sender_id: message.senderId,
    content: message.content,
    data: message.facts,
    versions: [...versions],
    edited_at: message.editedAt,
    deleted_at: message.deletedAt,
    deletion_reason: message.deletionReason,
    expires_at: message.expiresAt,
    created_at: message.createdAt,
  }
}

function fromRow(row: ListedMessage, versions: StoredMessage['versions'] = []): StoredMessage {
  return {
    conversationId: row.conversation_id,
    seq: row.seq,
    messageId: row.message_id,
    number: row.number,
    applied: row.applied,
    senderId: row.sender_id,
    content: row.content,
    facts: row.data,
    versions,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    deletionReason: row.deletion_reason,
    expiresAt: row.expires_at,
  }
}

const Place = Type.Object({ conversation_id: column.id, seq: column.integer })
const rowsPerDrop = 5_000

/** A writer who comes late brings nothing back that was removed, or undone by a restore from backup. */
function write(sql: Sql, messages: readonly StoredMessage[]): Promise<number> {
  return sql.execute`
    insert into archived_messages (conversation_id, seq, message_id, applied, number, sender_id, content, data,
      versions, edited_at, deleted_at, deletion_reason, expires_at, created_at)
    select conversation_id, seq, message_id, applied, number, sender_id, content, data, versions, edited_at,
      deleted_at, deletion_reason, expires_at, created_at
    from jsonb_to_recordset(${json(messages.map(toRow))}::jsonb) as added (conversation_id uuid, seq bigint,
      message_id uuid, applied bigint, number bigint, sender_id uuid, content text, data jsonb, versions jsonb,
      edited_at timestamptz, deleted_at timestamptz, deletion_reason text, expires_at timestamptz,
      created_at timestamptz)
    where exists (
      select 1 from conversations
      where conversations.conversation_id = added.conversation_id and history_start_seq < added.seq
        and log_epoch * 1099511627776 <= added.applied)
    on conflict (conversation_id, seq) do update set message_id = excluded.message_id, applied = excluded.applied,
      number = excluded.number, sender_id = excluded.sender_id, content = excluded.content, data = excluded.data,
      versions = excluded.versions, edited_at = excluded.edited_at, deleted_at = excluded.deleted_at,
      deletion_reason = excluded.deletion_reason, expires_at = excluded.expires_at, created_at = excluded.created_at
    where archived_messages.applied < excluded.applied`
}

async function list(
  sql: Sql,
  { conversationId, afterSeq, throughSeq, order, rows }: ArchiveRange,
): Promise<ArchivePage> {
  const found =
    order === 'newest'
      ? await sql.many(ListedMessage)`
          select conversation_id, seq, message_id, applied, number, sender_id, content, data, edited_at, deleted_at,
            deletion_reason, expires_at, created_at from archived_messages
          where conversation_id = ${conversationId} and seq > ${afterSeq} and seq <= ${throughSeq}
          order by seq desc limit ${rows}`
      : await sql.many(ListedMessage)`
          select conversation_id, seq, message_id, applied, number, sender_id, content, data, edited_at, deleted_at,
            deletion_reason, expires_at, created_at from archived_messages
          where conversation_id = ${conversationId} and seq > ${afterSeq} and seq <= ${throughSeq}
          order by seq limit ${rows}`
  return { messages: found.map((row) => fromRow(row)) }
}

/** The archive as a table beside the log. Whatever writes it goes over the connections of background jobs. */
export function createSqlArchive(sql: Sql): Archive {
  return {
    // Without the database there is nothing at all.
    isAvailable: true,
    takesWrites: true,
    async write(messages) {
      if (messages.length > 0) await write(sql.background, messages)
    },
    // A drop finds all that follows without being told how far that goes.
    pass: async () => undefined,
    list: (range) => list(sql, range),
    async load(places) {
      const each = places.flatMap(({ conversationId, seqs }) =>
        seqs.map((seq) => ({ conversation_id: conversationId, seq })),
      )
      const found = await sql.many(ArchivedMessage)`
        select archived_messages.* from jsonb_to_recordset(${json(each)}::jsonb) as place (conversation_id uuid, seq bigint)
        join archived_messages using (conversation_id, seq)`
      return found.map((row) => fromRow(row, row.versions))
    },
    async locate(messageId) {
      const place = await sql.maybeOne(Place)`
        select conversation_id, seq from archived_messages where message_id = ${messageId}`
      return place && { conversationId: place.conversation_id, seq: place.seq }
    },
    async drop({ conversationId, afterSeq, throughSeq, applied }, signal) {
      const dropSome = () => sql.background.execute`
        delete from archived_messages where conversation_id = ${conversationId} and seq in (
          select seq from archived_messages
          where conversation_id = ${conversationId} and seq > ${afterSeq} and seq <= ${throughSeq}
            and applied < ${applied}
          limit ${rowsPerDrop})`
      do signal.throwIfAborted()
      while ((await dropSome()) === rowsPerDrop)
    },
  }
}
