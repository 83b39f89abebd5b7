import { CallAdmission, CallType, InviteStatus } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Id = Type.Object({ call_id: column.id })

/** Calls that are not over and that somebody made, is in, is rung by or waits for. */
export function listLiveCallsOf(sql: Queries, userId: string): Promise<Static<typeof Id>[]> {
  return sql.many(Id)`
    select call_id from calls
    where ended_at is null and (caller_id = ${userId}
      or exists (
        select 1 from call_participants person
        where person.call_id = calls.call_id and person.user_id = ${userId} and left_at is null)
      or exists (
        select 1 from call_invites invite
        where invite.call_id = calls.call_id and invite.user_id = ${userId} and invite.status = 'ringing')
      or exists (
        select 1 from call_admissions admission
        where admission.call_id = calls.call_id and admission.user_id = ${userId} and waits_until is not null))
    order by call_id`
}

/** Removes some of what says that somebody was called and was in calls; answers the call of each row. */
export async function removeTraces(tx: Transaction, userId: string, rows: number): Promise<string[]> {
  const removed = [
    ...(await tx.many(Id)`
      delete from call_invites where (call_id, user_id) in (
        select call_id, user_id from call_invites where user_id = ${userId} limit ${rows})
      returning call_id`),
    ...(await tx.many(Id)`
      delete from call_participants where participant_id in (
        select participant_id from call_participants where user_id = ${userId} limit ${rows})
      returning call_id`),
    ...(await tx.many(Id)`
      delete from call_admissions where (call_id, user_id) in (
        select call_id, user_id from call_admissions where user_id = ${userId} limit ${rows})
      returning call_id`),
  ]
  return removed.map(({ call_id }) => call_id)
}

const OwnCall = Type.Object({
  call_id: column.id,
  conversation_id: column.id,
  call_type: CallType,
  is_caller: column.flag,
  invite_status: column.nullable(InviteStatus),
  admission: column.nullable(CallAdmission),
  created_at: column.timestamp,
  ended_at: column.nullable(column.timestamp),
})
const OwnStay = Type.Object({
  participant_id: column.id,
  call_id: column.id,
  role: column.text,
  joined_at: column.timestamp,
  left_at: column.nullable(column.timestamp),
  left_reason: column.nullable(column.text),
  sent_bytes: column.integer,
  received_bytes: column.integer,
})
type Page = { userId: string; after: string | undefined; rows: number }

/** The calls that somebody made, got or asked to be let into, for himself, also from conversations that he left. */
export function listAllCallsOf(sql: Queries, { userId, after, rows }: Page): Promise<Static<typeof OwnCall>[]> {
  return sql.many(OwnCall)`
    with own as (
      select call_id from calls where caller_id = ${userId}
      union select call_id from call_invites where user_id = ${userId}
      union select call_id from call_admissions where user_id = ${userId}
    )
    select calls.call_id, conversation_id, call_type, caller_id = ${userId} as is_caller,
      invite.status as invite_status, admission.status as admission, created_at, ended_at
    from own join calls using (call_id)
    left join call_invites invite on invite.call_id = calls.call_id and invite.user_id = ${userId}
    left join call_admissions admission on admission.call_id = calls.call_id and admission.user_id = ${userId}
    where ${after ?? null}::uuid is null or calls.call_id > ${after ?? null}::uuid
    order by calls.call_id limit ${rows}`
}

/** When somebody was in which call, and what he sent and received there. */
export function listAllStaysOf(sql: Queries, { userId, after, rows }: Page): Promise<Static<typeof OwnStay>[]> {
  return sql.many(OwnStay)`
    select participant_id, call_id, role, joined_at, left_at, left_reason,
      (select coalesce(sum(sent_bytes), 0) from call_measures measured
        where measured.participant_id = stay.participant_id)::bigint as sent_bytes,
      (select coalesce(sum(received_bytes), 0) from call_measures measured
        where measured.participant_id = stay.participant_id)::bigint as received_bytes
    from call_participants stay
    where user_id = ${userId} and (${after ?? null}::uuid is null or participant_id > ${after ?? null}::uuid)
    order by participant_id limit ${rows}`
}
