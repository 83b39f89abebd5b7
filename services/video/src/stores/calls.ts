import { CallEndReason, CallRecording, CallStatus, CallType } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** A call as its row says; who is in it has rows of his own. */
export const CallRow = Type.Object({
  call_id: column.id,
  conversation_id: column.id,
  is_direct: column.flag,
  call_type: CallType,
  caller_id: column.id,
  status: CallStatus,
  version: column.integer,
  rings_until: column.nullable(column.timestamp),
  created_at: column.timestamp,
  answered_at: column.nullable(column.timestamp),
  ended_at: column.nullable(column.timestamp),
  end_reason: column.nullable(CallEndReason),
  ended_by: column.nullable(column.id),
  recovering_since: column.nullable(column.timestamp),
  is_locked: column.flag,
  has_lobby: column.flag,
  /** Those in it encrypt what they publish. */
  is_encrypted: column.flag,
  /** How many webhooks told of it. */
  webhooks_told: column.integer,
  /** What everybody in it is being recorded by; null, with all that belongs to it, where nothing is. */
  recording_id: column.nullable(column.id),
  recording_status: column.nullable(CallRecording.properties.status),
  recording_by: column.nullable(column.id),
  recording_at: column.nullable(column.timestamp),
  /** Since then nothing is added to what is known of it. */
  reported_at: column.nullable(column.timestamp),
})
export type CallRow = Static<typeof CallRow>

export type CallPlace = { callId: string; userId: string }

type NewCall = Pick<CallRow, 'call_id' | 'conversation_id' | 'is_direct' | 'call_type' | 'caller_id' | 'has_lobby'> & {
  ringMs: number
}

/**
 * Begins a call, encrypted as its conversation is, which stays so until the transaction ends; undefined where one goes on in
 * it.
 */
export function insertCall(tx: Transaction, call: NewCall): Promise<CallRow | undefined> {
  const { call_id, conversation_id, is_direct, call_type, caller_id, has_lobby, ringMs } = call
  return tx.maybeOne(CallRow)`
    insert into calls (call_id, conversation_id, is_direct, call_type, caller_id, has_lobby, rings_until, is_encrypted)
    select ${call_id}, conversation_id, ${is_direct}, ${call_type}, ${caller_id}, ${has_lobby},
      clock_timestamp() + interval '1 millisecond' * ${ringMs}::float8, is_e2ee_enabled
    from conversations where conversation_id = ${conversation_id} for share
    on conflict do nothing
    returning *`
}

/** A call that somebody may know of. */
export function findCall(sql: Queries, { callId, userId }: CallPlace): Promise<CallRow | undefined> {
  return sql.maybeOne(CallRow)`
    select calls.* from calls join call_viewers viewer on viewer.call_id = calls.call_id
    where calls.call_id = ${callId} and viewer.user_id = ${userId}`
}

/** A call, whoever asks: for what nobody is told. */
export function findAnyCall(sql: Queries, callId: string): Promise<CallRow | undefined> {
  return sql.maybeOne(CallRow)`select * from calls where call_id = ${callId}`
}

/** Locks a call that somebody may know of until the transaction ends. */
export function lockCallFor(tx: Transaction, { callId, userId }: CallPlace): Promise<CallRow | undefined> {
  return tx.maybeOne(CallRow)`
    select calls.* from calls join call_viewers viewer on viewer.call_id = calls.call_id
    where calls.call_id = ${callId} and viewer.user_id = ${userId} for update of calls`
}

/** Locks a call for what nobody asked for. */
export function lockCall(tx: Transaction, callId: string): Promise<CallRow | undefined> {
  return tx.maybeOne(CallRow)`select * from calls where call_id = ${callId} for update`
}

/** Writes what changed of a call, as its next version; false where somebody else changed it meanwhile. */
export async function saveCall(tx: Transaction, call: CallRow): Promise<boolean> {
  const { call_id, version, status, rings_until, answered_at, ended_at, end_reason, ended_by, recovering_since } = call
  const { is_locked, has_lobby, webhooks_told, recording_id, recording_status, recording_by, recording_at } = call
  const saved = await tx.execute`
    update calls set version = version + 1, status = ${status}, rings_until = ${rings_until},
      answered_at = ${answered_at}, ended_at = ${ended_at}, end_reason = ${end_reason}, ended_by = ${ended_by},
      recovering_since = ${recovering_since}, is_locked = ${is_locked}, has_lobby = ${has_lobby},
      webhooks_told = ${webhooks_told}, recording_id = ${recording_id}, recording_status = ${recording_status},
      recording_by = ${recording_by}, recording_at = ${recording_at}
    where call_id = ${call_id} and version = ${version - 1}`
  return saved === 1
}

/** Notes that webhooks tell of a locked call without its state being another one. */
export async function countWebhooks(tx: Transaction, callId: string, webhooks: number): Promise<void> {
  await tx.execute`update calls set webhooks_told = webhooks_told + ${webhooks} where call_id = ${callId}`
}

/** Notes that a locked call was reported, with so many webhooks. */
export async function markReported(tx: Transaction, callId: string, webhooks: number): Promise<void> {
  await tx.execute`
    update calls set reported_at = clock_timestamp(), webhooks_told = webhooks_told + ${webhooks}
    where call_id = ${callId}`
}

const Clock = Type.Object({ now: column.timestamp })

/** The time by the database, which all processes share. */
export async function loadTime(sql: Queries): Promise<Date> {
  return (await sql.one(Clock)`select clock_timestamp() as now`).now
}

const Version = Type.Object({ call_id: column.id, version: column.integer })

/** The versions of calls, for those who may have missed that they changed. */
export function listVersions(sql: Queries, callIds: readonly string[]): Promise<Static<typeof Version>[]> {
  return sql.many(Version)`select call_id, version from calls where call_id = any(${callIds}::uuid[])`
}
