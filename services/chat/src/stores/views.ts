import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const View = Type.Object({
  /** Everything up to here is not for this person, or is there for nobody any more; null for all but members. */
  floor: column.nullable(column.integer),
  last_seq: column.nullable(column.integer),
})

/** What of a conversation somebody may see. */
export type View = Static<typeof View>

export type Viewer = { conversationId: string; userId: string }

/** What people may see of conversations, in the order of the viewers; each is looked up by his key, as senders are. */
export function listViews(sql: Queries, viewers: readonly Viewer[]): Promise<View[]> {
  const asked = viewers.map(({ conversationId, userId }, place) => ({ place, conversationId, userId }))
  return sql.many(View)`
    select floor, last_seq
    from jsonb_to_recordset(${json(asked)}::jsonb) as asked (place integer, "conversationId" uuid, "userId" uuid)
    left join lateral (
      select greatest(visible_from - 1, history_start_seq) as floor, last_seq
      from members join conversations using (conversation_id)
      where conversation_id = asked."conversationId" and user_id = asked."userId" and left_at is null offset 0
    ) as view on true
    order by place`
}
