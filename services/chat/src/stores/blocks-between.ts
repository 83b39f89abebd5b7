import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

const Member = Type.Object({ user_id: column.id })
const Pair = Type.Object({ user_id: column.id, blocked_id: column.id })

/** Which of some people are apart from which of others because one blocks the other: `viewer subject` for each pair. */
export async function listBlocksBetween(
  sql: Queries,
  viewers: readonly string[],
  subjects: readonly string[],
): Promise<ReadonlySet<string>> {
  const pairs = await sql.many(Pair)`
    select user_id, blocked_id from blocks
    where (user_id = any(${viewers}::uuid[]) and blocked_id = any(${subjects}::uuid[]))
      or (user_id = any(${subjects}::uuid[]) and blocked_id = any(${viewers}::uuid[]))`
  return new Set(pairs.flatMap(({ user_id, blocked_id }) => [`${user_id} ${blocked_id}`, `${blocked_id} ${user_id}`]))
}

/** Which members of a conversation are apart from one of them because one blocks the other. */
export async function listApart(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<string[]> {
  const members = await sql.many(Member)`
    select user_id from members
    where conversation_id = ${conversationId} and user_id in (
      select blocked_id from blocks where user_id = ${userId}
      union all select user_id from blocks where blocked_id = ${userId})`
  return members.map(({ user_id }) => user_id)
}
