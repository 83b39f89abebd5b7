import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const OwnConversation = Type.Object({
  type: Type.Union([Type.Literal('direct'), Type.Literal('group')]),
  is_e2ee_enabled: column.flag,
})

/** A conversation that somebody is in now; to all others there is none. */
export function findOwnConversation(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<Static<typeof OwnConversation> | undefined> {
  return sql.maybeOne(OwnConversation)`
    select type, is_e2ee_enabled from conversations join members using (conversation_id)
    where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null`
}

const OtherMember = Type.Object({ user_id: column.id, is_blocked: column.flag })
export type OtherMember = Static<typeof OtherMember>

type Others = {
  conversationId: string
  userId: string
  /** Only those among these; undefined for all. */
  among: readonly string[] | undefined
  rows: number
}

/** Who else is in a conversation, those who came first before the others; and whether one of the two blocks the other. */
export function listOtherMembers(
  sql: Queries,
  { conversationId, userId, among, rows }: Others,
): Promise<OtherMember[]> {
  return sql.many(OtherMember)`
    select members.user_id, exists (
      select 1 from blocks
      where (blocks.user_id = members.user_id and blocked_id = ${userId})
        or (blocks.user_id = ${userId} and blocked_id = members.user_id)
    ) as is_blocked
    from members join users on users.user_id = members.user_id and erasing_at is null
    where conversation_id = ${conversationId} and left_at is null and members.user_id <> ${userId}
      and (${among ?? null}::uuid[] is null or members.user_id = any(${among ?? null}::uuid[]))
    order by joined_at, members.user_id limit ${rows}`
}
