import { Receipt } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Viewer } from './views.ts'

const Member = Type.Object({ user_id: column.id })

/**
 * The members of a conversation who see nothing of one of them's receipts, nor he of theirs: those whom he blocked or who
 * blocked him, and those who keep their own to themselves; all of them, where he does.
 */
export async function listReceiptsApart(sql: Queries, { conversationId, userId }: Viewer): Promise<string[]> {
  const members = await sql.many(Member)`
    select user_id from members
    where conversation_id = ${conversationId} and user_id <> ${userId} and left_at is null
      and ((select true from hidden_receipts where hidden_receipts.user_id = members.user_id)
        or exists (select 1 from hidden_receipts where user_id = ${userId})
        or user_id in (
          select blocked_id from blocks where user_id = ${userId}
          union all select user_id from blocks where blocked_id = ${userId}))`
  return members.map(({ user_id }) => user_id)
}

const ReceiptRow = Type.Object({
  ...Receipt.properties,
  visible_from: column.integer,
  joined_at: column.timestamp,
})

/** How much of a conversation came to its members, and how far they read. */
export function listReceiptRows(sql: Queries, conversationId: string): Promise<Static<typeof ReceiptRow>[]> {
  return sql.many(ReceiptRow)`
    select user_id, delivered_seq, read_seq, visible_from, joined_at
    from members where conversation_id = ${conversationId} and left_at is null
    order by user_id`
}

const Preference = Type.Object({ is_hidden: column.flag })

/** Whether somebody shows his receipts, as all do who never said otherwise. */
export async function showsReceipts(sql: Queries, userId: string): Promise<boolean> {
  const { is_hidden } = await sql.one(Preference)`
    select exists (select 1 from hidden_receipts where user_id = ${userId}) as is_hidden`
  return !is_hidden
}

export async function saveShowsReceipts(sql: Queries, userId: string, shows: boolean): Promise<void> {
  if (shows) await sql.execute`delete from hidden_receipts where user_id = ${userId}`
  else await sql.execute`insert into hidden_receipts (user_id) values (${userId}) on conflict (user_id) do nothing`
}
