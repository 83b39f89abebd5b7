import { MemberRole } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Membership = Type.Object({
  conversation_id: column.id,
  user_id: column.id,
  role: MemberRole,
  visible_from: column.integer,
  read_seq: column.integer,
  read_number: column.integer,
})

/** That somebody is in a conversation now. */
export type Membership = Static<typeof Membership>

/** The membership of somebody who is in a conversation now; who left counts as a stranger. */
export function findMembership(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<Membership | undefined> {
  return sql.maybeOne(Membership)`
    select conversation_id, user_id, role, visible_from, read_seq, read_number
    from members where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null`
}
