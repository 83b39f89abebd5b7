import { MemberRole } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Draft } from '../log/draft.ts'
import { LogEvent } from '../log/log-event.ts'

const Send = Type.Object({ message_id: column.id, body_hash: column.text })

/** What somebody sent under an id before. */
export function findSend(
  sql: Queries,
  { conversationId, senderId, clientId }: Pick<Draft, 'conversationId' | 'senderId' | 'clientId'>,
): Promise<Static<typeof Send> | undefined> {
  return sql.maybeOne(Send)`
    select message_id, encode(body_hash, 'hex') as body_hash from sends
    where conversation_id = ${conversationId} and sender_id = ${senderId} and client_id = ${clientId}`
}

const Sender = Type.Object({
  place: column.integer,
  role: column.nullable(MemberRole),
  is_blocked: column.flag,
  sent_id: column.nullable(column.id),
  sent_hash: column.nullable(column.text),
})

/** What decides over one send: whether its sender is a member, is blocked, or sent it before. */
export type Sender = Static<typeof Sender>

export type Asked = {
  place: number
  conversation_id: string
  sender_id: string
  client_id: string
  /** The other one of a direct conversation. */
  peer_id: string | null
}

/**
 * Looks up what decides over sends; in the order of `place`. The conversations are locked by then. Each is looked up by
 * its key: joined as a whole, all members and earlier sends would be read where these tables are not large.
 */
export function listSenders(tx: Transaction, asked: readonly Asked[]): Promise<Sender[]> {
  return tx.prepared.many(Sender)`
    select place, role, message_id as sent_id, encode(body_hash, 'hex') as sent_hash,
      exists (
        select 1 from blocks where (user_id = asked.sender_id and blocked_id = asked.peer_id)
          or (user_id = asked.peer_id and blocked_id = asked.sender_id)
      ) as is_blocked
    from jsonb_to_recordset(${json(asked)}::jsonb) as asked (place integer, conversation_id uuid, sender_id uuid,
      client_id text, peer_id uuid)
    left join lateral (
      select role from members where members.conversation_id = asked.conversation_id
        and members.user_id = asked.sender_id and left_at is null offset 0
    ) as member on true
    left join lateral (
      select message_id, body_hash from sends where sends.conversation_id = asked.conversation_id
        and sends.sender_id = asked.sender_id and sends.client_id = asked.client_id offset 0
    ) as sent on true
    order by place`
}

/** A message at its place; its times come from the database. */
export type PlacedSend = Omit<LogEvent, 'message_id' | 'created_at'> & {
  message_id: string
  client_id: string
  body_hash: string
  expires_in_seconds: number | null
}

/**
 * Stores messages with all that comes with them, moves their senders' own pointers, and answers the events in order. The
 * limit tells the planner how few they are: it takes a list for a hundred, and read all members for that many.
 */
export function insertSends(tx: Transaction, sends: readonly PlacedSend[]): Promise<LogEvent[]> {
  return tx.prepared.many(LogEvent)`
    with placed as (
      select sent.*, clock_timestamp() as created_at,
        clock_timestamp() + expires_in_seconds * interval '1 second' as expires_at
      from jsonb_to_recordset(${json(sends)}::jsonb) as sent (conversation_id uuid, seq bigint, log_epoch bigint,
        kind text, actor_id uuid, message_id uuid, target_seq bigint, number bigint, content text, data jsonb,
        client_id text, body_hash text, expires_in_seconds integer)
      limit ${sends.length}
    ), logged as (
      insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data,
        expires_at, created_at)
      select conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data, expires_at, created_at
      from placed
    ), noted as (
      insert into sends (conversation_id, sender_id, client_id, message_id, seq, body_hash)
      select conversation_id, actor_id, client_id, message_id, seq, decode(body_hash, 'hex') from placed
    ), expiring as (
      insert into expiring_messages (conversation_id, seq, due_at)
      select conversation_id, seq, expires_at from placed where expires_at is not null
    ), referring as (
      insert into file_references (file_id, conversation_id, seq, expires_at)
      select file_id::uuid, conversation_id, seq, expires_at
      from placed, jsonb_array_elements_text(coalesce(data -> 'file_ids', '[]'::jsonb)) as file_id
    ), pointed as (
      update members set read_seq = newest.seq, read_number = newest.number, delivered_seq = newest.seq
      from (
        select conversation_id, actor_id, max(seq) as seq, max(number) as number from placed
        group by conversation_id, actor_id
      ) as newest
      where members.conversation_id = newest.conversation_id and members.user_id = newest.actor_id
    )
    select conversation_id, seq, log_epoch, kind, actor_id, message_id, target_seq, number, content, data, expires_at,
      created_at
    from placed`
}

const Mentioned = Type.Object({ conversation_id: column.id, user_id: column.id })

/** Which of the people whom messages mention are in the conversation now. */
export function listMentioned(
  tx: Transaction,
  named: readonly Static<typeof Mentioned>[],
): Promise<Static<typeof Mentioned>[]> {
  return tx.many(Mentioned)`
    select distinct conversation_id, user_id
    from jsonb_to_recordset(${json(named)}::jsonb) as named (conversation_id uuid, user_id uuid)
    join members using (conversation_id, user_id)
    where left_at is null`
}
