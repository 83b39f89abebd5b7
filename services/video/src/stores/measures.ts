import { CallLeftReason, CallRole } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Line = {
  sent_bytes: column.integer,
  received_bytes: column.integer,
  /** Scores added up, for their average. */
  up_sum: column.number,
  up_count: column.integer,
  up_worst: column.nullable(column.number),
  down_sum: column.number,
  down_count: column.integer,
  down_worst: column.nullable(column.number),
  over_udp: column.flag,
  over_tcp: column.flag,
  over_relay: column.flag,
  /** Nothing is missing. */
  is_whole: column.flag,
}

const Measures = Type.Object({ participant_id: column.id, ...Line })
/** What one room measured of somebody's line. */
export type Measures = Static<typeof Measures>

type Place = { callId: string; roomId: string }

/** Notes that somebody's line goes to a room: until that says more, something is missing. */
export async function expectMeasures(
  tx: Transaction,
  { callId, roomId, participantId }: Place & { participantId: string },
): Promise<void> {
  await tx.execute`
    insert into call_measures (call_id, room_id, participant_id) values (${callId}, ${roomId}, ${participantId})
    on conflict do nothing`
}

/** Writes what a room measured so far, in place of what it said before; whoever was erased meanwhile has no measures. */
export async function writeMeasures(
  tx: Transaction,
  { callId, roomId }: Place,
  measures: readonly Measures[],
): Promise<void> {
  if (measures.length === 0) return
  await tx.execute`
    insert into call_measures (call_id, room_id, participant_id, sent_bytes, received_bytes, up_sum, up_count, up_worst,
      down_sum, down_count, down_worst, over_udp, over_tcp, over_relay, is_whole)
    select ${callId}, ${roomId}, stay.participant_id, sent_bytes, received_bytes, up_sum, up_count, up_worst,
      down_sum, down_count, down_worst, over_udp, over_tcp, over_relay, is_whole
    from jsonb_to_recordset(${json(measures)}::jsonb) as measured (participant_id uuid, sent_bytes bigint,
      received_bytes bigint, up_sum double precision, up_count integer, up_worst double precision,
      down_sum double precision, down_count integer, down_worst double precision, over_udp boolean, over_tcp boolean,
      over_relay boolean, is_whole boolean)
    join call_participants stay on stay.participant_id = measured.participant_id and stay.call_id = ${callId}
    on conflict (participant_id, room_id) do update set
      sent_bytes = excluded.sent_bytes, received_bytes = excluded.received_bytes,
      up_sum = excluded.up_sum, up_count = excluded.up_count, up_worst = excluded.up_worst,
      down_sum = excluded.down_sum, down_count = excluded.down_count, down_worst = excluded.down_worst,
      over_udp = excluded.over_udp, over_tcp = excluded.over_tcp, over_relay = excluded.over_relay,
      is_whole = excluded.is_whole`
}

const MeasuredStay = Type.Object({
  participant_id: column.id,
  user_id: column.id,
  role: CallRole,
  joined_at: column.timestamp,
  left_at: column.nullable(column.timestamp),
  left_reason: column.nullable(CallLeftReason),
  ...Line,
})
/** One stay of somebody in a call, with what all its rooms measured. */
export type MeasuredStay = Static<typeof MeasuredStay>

/** The stays in a call, in the order in which people came. */
export function listMeasuredStays(sql: Queries, callId: string, rows: number): Promise<MeasuredStay[]> {
  return sql.many(MeasuredStay)`
    select stay.participant_id, user_id, role, joined_at, left_at, left_reason,
      coalesce(sent_bytes, 0) as sent_bytes, coalesce(received_bytes, 0) as received_bytes,
      coalesce(up_sum, 0) as up_sum, coalesce(up_count, 0) as up_count, up_worst,
      coalesce(down_sum, 0) as down_sum, coalesce(down_count, 0) as down_count, down_worst,
      coalesce(over_udp, false) as over_udp, coalesce(over_tcp, false) as over_tcp,
      coalesce(over_relay, false) as over_relay, coalesce(is_whole, connection = 0) as is_whole
    from call_participants stay left join (
      select participant_id, sum(sent_bytes)::bigint as sent_bytes, sum(received_bytes)::bigint as received_bytes,
        sum(up_sum) as up_sum, sum(up_count)::bigint as up_count, min(up_worst) as up_worst,
        sum(down_sum) as down_sum, sum(down_count)::bigint as down_count, min(down_worst) as down_worst,
        bool_or(over_udp) as over_udp, bool_or(over_tcp) as over_tcp, bool_or(over_relay) as over_relay,
        bool_and(is_whole) as is_whole
      from call_measures where call_id = ${callId} group by participant_id
    ) as measured on measured.participant_id = stay.participant_id
    where stay.call_id = ${callId} order by joined_at, stay.participant_id limit ${rows}`
}

const Count = Type.Object({ stays: column.integer })

export async function countStays(sql: Queries, callId: string): Promise<number> {
  return (await sql.one(Count)`select count(*) as stays from call_participants where call_id = ${callId}`).stays
}
