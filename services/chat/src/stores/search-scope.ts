import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Scope = Type.Object({ encrypted_excluded: column.integer, index_lag_events: column.integer })

/** What a search cannot find: in how many conversations, and how many events elsewhere. */
export type Scope = Static<typeof Scope>

/** Looks up what somebody's search leaves out, in one conversation or in all that he is in. */
export function loadScope(
  sql: Queries,
  { userId, conversationId = null }: { userId: string; conversationId: string | undefined | null },
): Promise<Scope> {
  return sql.one(Scope)`
    select count(*) filter (where is_e2ee_enabled) as encrypted_excluded,
      coalesce(sum(last_seq - indexed_seq + unsearched_seq) filter (where not is_e2ee_enabled), 0)::bigint as index_lag_events
    from members
    join conversations using (conversation_id)
    join archive_state using (conversation_id)
    where user_id = ${userId} and left_at is null
      and (${conversationId}::uuid is null or conversation_id = ${conversationId}::uuid)`
}
