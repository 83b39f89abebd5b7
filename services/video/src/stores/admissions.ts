import { CallAdmission } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

export const AdmissionRow = Type.Object({
  user_id: column.id,
  status: CallAdmission,
  asked_at: column.timestamp,
  /** Null unless he waits. */
  waits_until: column.nullable(column.timestamp),
  decided_by: column.nullable(column.id),
})

/** Somebody at the door of a call: one row of each, with what was said to him last. */
export type AdmissionRow = Static<typeof AdmissionRow>

/** In the order in which they asked. */
export function listAdmissions(sql: Queries, callId: string): Promise<AdmissionRow[]> {
  return sql.many(AdmissionRow)`
    select user_id, status, asked_at, waits_until, decided_by
    from call_admissions where call_id = ${callId} order by asked_at, user_id`
}

/** Adds and changes admissions to a call. */
export async function saveAdmissions(
  tx: Transaction,
  callId: string,
  admissions: readonly AdmissionRow[],
): Promise<void> {
  if (admissions.length === 0) return
  await tx.execute`
    insert into call_admissions (call_id, user_id, status, asked_at, waits_until, decided_by)
    select ${callId}, user_id, status, asked_at, waits_until, decided_by
    from jsonb_to_recordset(${json(admissions)}::jsonb) as saved (user_id uuid, status text, asked_at timestamptz,
      waits_until timestamptz, decided_by uuid)
    on conflict (call_id, user_id) do update
      set status = excluded.status, asked_at = excluded.asked_at, waits_until = excluded.waits_until,
        decided_by = excluded.decided_by`
}
