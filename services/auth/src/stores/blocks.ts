import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { ProfileRow } from './people.ts'

type Pair = { userId: string; blockedId: string }

/** Blocks somebody; a repetition may bring a new reason and changes nothing else. */
export async function saveBlock(tx: Transaction, { userId, blockedId, reason }: Pair & { reason: string | undefined }) {
  await tx.execute`
    insert into blocks (user_id, blocked_id, reason) values (${userId}, ${blockedId}, ${reason ?? null})
    on conflict (user_id, blocked_id) do update set reason = coalesce(excluded.reason, blocks.reason)`
}

export async function removeBlock(sql: Queries, { userId, blockedId }: Pair): Promise<boolean> {
  return (await sql.execute`delete from blocks where user_id = ${userId} and blocked_id = ${blockedId}`) === 1
}

const Count = Type.Object({ count: column.integer })

/** How many others than this one somebody blocks. */
export async function countOtherBlocks(tx: Transaction, { userId, blockedId }: Pair): Promise<number> {
  const { count } = await tx.one(Count)`
    select count(*) as count from blocks where user_id = ${userId} and blocked_id <> ${blockedId}`
  return count
}

const BlockRow = Type.Object({
  ...ProfileRow.properties,
  reason: column.nullable(column.text),
  blocked_at: column.timestamp,
})
export type BlockRow = Static<typeof BlockRow>

type ByUsername = { userId: string; after: { key: string } | undefined; rows: number }

/** Whom somebody blocks, by username. */
export function listBlocks(sql: Queries, { userId, after, rows }: ByUsername): Promise<BlockRow[]> {
  return sql.many(BlockRow)`
    select users.user_id, username, display_name, avatar_url, avatar_file_id, username_key, reason, blocked_at
    from blocks join users on users.user_id = blocked_id
    where blocks.user_id = ${userId} and erasing_at is null and username_key > ${after?.key ?? ''}
    order by username_key
    limit ${rows}`
}
