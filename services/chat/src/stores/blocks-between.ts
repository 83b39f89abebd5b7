import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

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
