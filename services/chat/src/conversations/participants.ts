import { listUsers } from '@secureconnect/directory'
import type { Participant } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import type { MemberRow } from '../stores/members.ts'

/** Members with the names they have now; those whose account is gone have none. */
export async function toParticipants(sql: Queries, rows: readonly MemberRow[]): Promise<Participant[]> {
  const users = await listUsers(
    sql,
    rows.map(({ user_id }) => user_id),
  )
  const byId = new Map(users.map((user) => [user.user_id, user]))
  return rows.map(({ user_id, role, joined_at }) => {
    const user = byId.get(user_id)
    return {
      user_id,
      username: user?.username ?? null,
      display_name: user?.display_name ?? null,
      avatar_url: user?.avatar_url ?? null,
      avatar_file_id: user?.avatar_file_id ?? null,
      role,
      joined_at: joined_at.toISOString(),
    }
  })
}
