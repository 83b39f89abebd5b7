import { CallLeftReason, CallRole, MediaSource } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

export const ParticipantRow = Type.Object({
  participant_id: column.id,
  user_id: column.id,
  role: CallRole,
  /** Of which a moderator lets nothing through. */
  held_sources: Type.Array(MediaSource),
  hand_raised_at: column.nullable(column.timestamp),
  /** The sign-in that is in the call. */
  session_id: column.id,
  /** How often he was connected: a resume token counts for the connection that it was given. */
  connection: column.integer,
  joined_at: column.timestamp,
  /** Null while he is connected; else he has left when this is over. */
  resume_until: column.nullable(column.timestamp),
  left_at: column.nullable(column.timestamp),
  left_reason: column.nullable(CallLeftReason),
})

/** One stay of somebody in a call. */
export type ParticipantRow = Static<typeof ParticipantRow>

/** Who is in a call, whether connected or expected back, in the order in which they came. */
export function listPresent(sql: Queries, callId: string): Promise<ParticipantRow[]> {
  return sql.many(ParticipantRow)`
    select participant_id, user_id, role, held_sources, hand_raised_at, session_id, connection, joined_at, resume_until,
      left_at, left_reason
    from call_participants where call_id = ${callId} and left_at is null order by joined_at, participant_id`
}

const Stay = Type.Object({
  left_at: column.nullable(column.timestamp),
  left_reason: column.nullable(CallLeftReason),
})

/** Whether a stay in a call goes on, and why it does not. */
export function findStay(sql: Queries, participantId: string): Promise<Static<typeof Stay> | undefined> {
  return sql.maybeOne(Stay)`
    select left_at, left_reason from call_participants where participant_id = ${participantId}`
}

/** The last stay of everybody who was ever in a call. */
export function listLastStays(sql: Queries, callId: string): Promise<ParticipantRow[]> {
  return sql.many(ParticipantRow)`
    select * from (
      select distinct on (user_id) participant_id, user_id, role, held_sources, hand_raised_at, session_id,
        connection, joined_at, resume_until, left_at, left_reason
      from call_participants where call_id = ${callId} order by user_id, joined_at desc, participant_id desc
    ) as stays order by joined_at, participant_id`
}

/** Somebody's last stay in a call, which may go on. */
export function findLastStay(
  sql: Queries,
  { callId, userId }: { callId: string; userId: string },
): Promise<ParticipantRow | undefined> {
  return sql.maybeOne(ParticipantRow)`
    select participant_id, user_id, role, held_sources, hand_raised_at, session_id, connection, joined_at, resume_until,
      left_at, left_reason
    from call_participants where call_id = ${callId} and user_id = ${userId}
    order by joined_at desc, participant_id desc limit 1`
}

const Membership = Type.Object({ joined_at: column.timestamp })

/** Since when somebody is in the conversation of a call, for this time. */
export async function findMemberSince(
  sql: Queries,
  { callId, userId }: { callId: string; userId: string },
): Promise<Date | undefined> {
  const membership = await sql.maybeOne(Membership)`
    select members.joined_at from calls join members using (conversation_id)
    where call_id = ${callId} and user_id = ${userId} and left_at is null`
  return membership?.joined_at
}

/** Adds and changes stays in a call. */
export async function saveParticipants(
  tx: Transaction,
  callId: string,
  participants: readonly ParticipantRow[],
): Promise<void> {
  if (participants.length === 0) return
  await tx.execute`
    insert into call_participants (participant_id, call_id, user_id, role, held_sources, hand_raised_at, session_id,
      connection, joined_at, resume_until, left_at, left_reason)
    select participant_id, ${callId}, user_id, role, held_sources, hand_raised_at, session_id, connection, joined_at,
      resume_until, left_at, left_reason
    from jsonb_to_recordset(${json(participants)}::jsonb) as saved (participant_id uuid, user_id uuid, role text,
      held_sources jsonb, hand_raised_at timestamptz, session_id uuid, connection integer, joined_at timestamptz, resume_until timestamptz, left_at timestamptz,
      left_reason text)
    on conflict (participant_id) do update set role = excluded.role,
      held_sources = excluded.held_sources, hand_raised_at = excluded.hand_raised_at, session_id = excluded.session_id,
      connection = excluded.connection, resume_until = excluded.resume_until, left_at = excluded.left_at,
      left_reason = excluded.left_reason`
}

const Busy = Type.Object({ user_id: column.id })

/** Which of some people are in a call now. */
export async function listBusy(sql: Queries, userIds: readonly string[]): Promise<string[]> {
  const rows = await sql.many(Busy)`
    select distinct user_id from call_participants where user_id = any(${userIds}::uuid[]) and left_at is null`
  return rows.map(({ user_id }) => user_id)
}
