import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const View = Type.Object({
  /** Everything up to here is not for this person, or is there for nobody any more. */
  floor: column.integer,
  last_seq: column.integer,
})

/** What of a conversation one of its members may see. */
export type View = Static<typeof View>

/** What somebody may see of a conversation; nothing for all but its members. */
export function findView(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<View | undefined> {
  return sql.maybeOne(View)`
    select greatest(visible_from - 1, history_start_seq) as floor, last_seq
    from members join conversations using (conversation_id)
    where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null`
}
