import { CallAdmission, type CallStatus, InviteStatus } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { CallRow } from './calls.ts'

const ListedCall = Type.Object({
  ...CallRow.properties,
  invite_status: column.nullable(InviteStatus),
  admission: column.nullable(CallAdmission),
})
export type ListedCall = Static<typeof ListedCall>

type Page = {
  userId: string
  status: CallStatus | undefined
  /** The last call of the page before. */
  after: string | undefined
  rows: number
}

/** The calls of a conversation that somebody may know of, the newest first. */
export function listCallsIn(
  sql: Queries,
  { conversationId, userId, status, after, rows }: Page & { conversationId: string },
): Promise<ListedCall[]> {
  return sql.many(ListedCall)`
    select calls.*, invite.status as invite_status, admission.status as admission
    from calls join call_viewers viewer on viewer.call_id = calls.call_id and viewer.user_id = ${userId}
    left join call_invites invite on invite.call_id = calls.call_id and invite.user_id = ${userId}
    left join call_admissions admission on admission.call_id = calls.call_id and admission.user_id = ${userId}
    where calls.conversation_id = ${conversationId}
      and (${status ?? null}::text is null or calls.status = ${status ?? null}::text)
      and (${after ?? null}::uuid is null or calls.call_id < ${after ?? null}::uuid)
    order by calls.call_id desc limit ${rows}`
}

/** The calls that somebody made, got or was in, as far as he may know of them now, the newest first. */
export function listOwnCalls(sql: Queries, { userId, status, after, rows }: Page): Promise<ListedCall[]> {
  return sql.many(ListedCall)`
    with own as (
      select call_id from calls where caller_id = ${userId}
      union select call_id from call_invites where user_id = ${userId}
      union select call_id from call_participants where user_id = ${userId}
      union select call_id from call_admissions where user_id = ${userId}
    )
    select calls.*, invite.status as invite_status, admission.status as admission
    from own join calls using (call_id)
    join call_viewers viewer on viewer.call_id = calls.call_id and viewer.user_id = ${userId}
    left join call_invites invite on invite.call_id = calls.call_id and invite.user_id = ${userId}
    left join call_admissions admission on admission.call_id = calls.call_id and admission.user_id = ${userId}
    where (${status ?? null}::text is null or calls.status = ${status ?? null}::text)
      and (${after ?? null}::uuid is null or calls.call_id < ${after ?? null}::uuid)
    order by calls.call_id desc limit ${rows}`
}
