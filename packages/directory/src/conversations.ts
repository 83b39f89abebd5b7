import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const OwnConversation = Type.Object({ is_e2ee_enabled: column.flag })

/** A conversation that somebody is in now; to all others there is none. */
export function findOwnConversation(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<Static<typeof OwnConversation> | undefined> {
  return sql.maybeOne(OwnConversation)`
    select is_e2ee_enabled from conversations join members using (conversation_id)
    where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null`
}
