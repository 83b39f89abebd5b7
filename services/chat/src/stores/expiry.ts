import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Expired = Type.Object({
  seq: column.integer,
  message_id: column.nullable(column.id),
  poll_id: column.nullable(column.id),
})

/** A message whose time is up, with its id where the log still knows it; or a poll. */
export type Expired = Static<typeof Expired>

/** Conversations after an id with messages whose time is up. */
export async function listExpiring(sql: Queries, { after, rows }: { after: string; rows: number }): Promise<string[]> {
  const found = await sql.many(Type.Object({ conversation_id: column.id }))`
    select distinct conversation_id from expiring_messages
    where due_at <= now() and conversation_id > ${after}
    order by conversation_id limit ${rows}`
  return found.map(({ conversation_id }) => conversation_id)
}

/** Messages of a conversation whose time is up, those first that the log still knows: they need no archive. */
export function listExpired(sql: Queries, conversationId: string, rows: number): Promise<Expired[]> {
  return sql.many(Expired)`
    select expiring.seq, log.message_id, polls.poll_id from expiring_messages expiring
    left join conversation_log log on log.conversation_id = expiring.conversation_id and log.seq = expiring.seq
    left join polls on polls.conversation_id = expiring.conversation_id and polls.seq = expiring.seq
    where expiring.conversation_id = ${conversationId} and due_at <= clock_timestamp()
    order by coalesce(log.message_id, polls.poll_id) is null, due_at limit ${rows}`
}

/** Forgets that messages were to expire: those that are gone already. */
export async function forgetExpiring(
  sql: Queries,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<void> {
  await sql.execute`
    delete from expiring_messages where conversation_id = ${conversationId} and seq = any(${seqs}::bigint[])`
}
