import { AppError } from '@secureconnect/errors'
import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

const IdRow = Type.Object({ user_id: column.id })
const Found = Type.Object({ found: column.flag })

/** Whether one of the two blocked the other. */
export async function isBlockedBetween(sql: Queries, a: string, b: string): Promise<boolean> {
  const { found } = await sql.one(Found)`
    select exists (
      select 1 from blocks where (user_id = ${a} and blocked_id = ${b}) or (user_id = ${b} and blocked_id = ${a})
    ) as found`
  return found
}

/** Refuses what two people may not do with each other while one of them blocks the other; never says who. */
export async function assertNotBlocked(sql: Queries, a: string, b: string): Promise<void> {
  if (await isBlockedBetween(sql, a, b)) throw new AppError('BLOCKED', 'One of you has blocked the other.')
}

/** Everybody whom somebody blocked or who blocked him: neither of them hears of the other. */
export async function listBlockedIds(sql: Queries, userId: string): Promise<string[]> {
  const rows = await sql.many(IdRow)`
    select blocked_id as user_id from blocks where user_id = ${userId}
    union select user_id from blocks where blocked_id = ${userId}`
  return rows.map((row) => row.user_id)
}

/** Whether two people are friends: one asked, the other accepted, and nobody ended it. */
export async function areFriends(sql: Queries, a: string, b: string): Promise<boolean> {
  const { found } = await sql.one(Found)`
    select exists (
      select 1 from friendships
      where low_id = least(${a}::uuid, ${b}::uuid) and high_id = greatest(${a}::uuid, ${b}::uuid) and state = 'friends'
    ) as found`
  return found
}
