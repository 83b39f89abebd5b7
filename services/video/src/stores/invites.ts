import { InviteStatus } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

export const InviteRow = Type.Object({
  user_id: column.id,
  status: InviteStatus,
  /** The session that accepted or declined. */
  answered_by: column.nullable(column.id),
  answered_at: column.nullable(column.timestamp),
})

/** That a call rings or rang at somebody. */
export type InviteRow = Static<typeof InviteRow>

export function listInvites(sql: Queries, callId: string): Promise<InviteRow[]> {
  return sql.many(InviteRow)`
    select user_id, status, answered_by, answered_at from call_invites where call_id = ${callId} order by user_id`
}

/** Adds and changes invites of a call. */
export async function saveInvites(tx: Transaction, callId: string, invites: readonly InviteRow[]): Promise<void> {
  if (invites.length === 0) return
  await tx.execute`
    insert into call_invites (call_id, user_id, status, answered_by, answered_at)
    select ${callId}, user_id, status, answered_by, answered_at
    from jsonb_to_recordset(${json(invites)}::jsonb) as saved (user_id uuid, status text, answered_by uuid,
      answered_at timestamptz)
    on conflict (call_id, user_id) do update
      set status = excluded.status, answered_by = excluded.answered_by, answered_at = excluded.answered_at`
}
