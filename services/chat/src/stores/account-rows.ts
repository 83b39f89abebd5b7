import { ConversationType, MemberRole, NotificationLevel } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { removeReporter } from './reports.ts'

const PastOrPresent = Type.Object({
  conversation_id: column.id,
  type: ConversationType,
  title: column.nullable(column.text),
  role: MemberRole,
  joined_at: column.timestamp,
  left_at: column.nullable(column.timestamp),
  notification_level: NotificationLevel,
})

/** That somebody is or was in a conversation. */
export type PastOrPresent = Static<typeof PastOrPresent>

type ById = { userId: string; after: string | undefined; rows: number }

/** All conversations that somebody is or was in, by id. */
export function listPastAndPresent(sql: Queries, { userId, after, rows }: ById): Promise<PastOrPresent[]> {
  return sql.many(PastOrPresent)`
    select conversation_id, type, title, role, joined_at, left_at, notification_level
    from own_conversations
    where user_id = ${userId} and (${after ?? null}::uuid is null or conversation_id > ${after ?? null}::uuid)
    order by conversation_id limit ${rows}`
}

const IdRow = Type.Object({ conversation_id: column.id })

/** Some of the encrypted conversations that somebody is in. */
export async function listEncryptedOf(sql: Queries, userId: string, rows: number): Promise<string[]> {
  const found = await sql.many(IdRow)`
    select conversation_id from own_conversations
    where user_id = ${userId} and left_at is null and is_e2ee_enabled order by conversation_id limit ${rows}`
  return found.map(({ conversation_id }) => conversation_id)
}

/** Removes that somebody was in conversations; he is in none of them now. */
export async function removeMemberships(
  tx: Transaction,
  { userId, conversationIds }: { userId: string; conversationIds: readonly string[] },
): Promise<void> {
  await tx.execute`
    delete from members where user_id = ${userId} and conversation_id = any(${conversationIds}::uuid[])`
}

/** Whoever reacts and votes all day long has so many of them that they go in parts. */
const additionsAtOnce = 5_000

/** Removes some of how somebody reacted and voted; whether that was all. */
export async function removeAdditions(tx: Transaction, userId: string): Promise<{ isDone: boolean }> {
  const reactions = await tx.execute`
    delete from reactions where (conversation_id, seq, emoji, user_id) in (
      select conversation_id, seq, emoji, user_id from reactions where user_id = ${userId} limit ${additionsAtOnce})`
  const votes = await tx.execute`
    delete from poll_votes where (poll_id, user_id, option_id) in (
      select poll_id, user_id, option_id from poll_votes where user_id = ${userId} limit ${additionsAtOnce})`
  return { isDone: Math.max(reactions, votes) < additionsAtOnce }
}

/**
 * Removes what else is kept of somebody: what he sent under which id, what his requests made, and frames for him. What he
 * pinned stays, pinned by nobody, and what he reported until it is decided, by nobody.
 */
export async function removeTraces(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from idempotency_keys where user_id = ${userId}`
  await tx.execute`delete from user_frames where user_id = ${userId}`
  await tx.execute`delete from hidden_receipts where user_id = ${userId}`
  await removeReporter(tx, userId)
  await tx.execute`update pins set pinned_by = null where pinned_by = ${userId}`
}
