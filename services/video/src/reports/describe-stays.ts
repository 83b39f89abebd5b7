import { type CallReport, limits, type ReportedStay } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { lengthOf } from '../calls/call-length.ts'
import { toStay } from '../calls/to-call.ts'
import type { CallRow } from '../stores/calls.ts'
import { countStays, listMeasuredStays, type MeasuredStay } from '../stores/measures.ts'

type Ratings = ReportedStay['quality']['up']

function toRating({ sum, count, worst }: { sum: number; count: number; worst: number | null }): Ratings {
  const round = (score: number) => Math.round(score * 100) / 100
  return count === 0 || worst === null ? null : { average: round(sum / count), worst: round(worst) }
}

/** A stay as somebody sees who may know all about it. */
function toReportedStay(stay: MeasuredStay): ReportedStay {
  const { sent_bytes, received_bytes } = stay
  const { up_sum, up_count, up_worst, down_sum, down_count, down_worst, over_udp, over_tcp, over_relay } = stay
  return {
    ...toStay(stay),
    quality: {
      up: toRating({ sum: up_sum, count: up_count, worst: up_worst }),
      down: toRating({ sum: down_sum, count: down_count, worst: down_worst }),
    },
    line: {
      sent_bytes,
      received_bytes,
      protocols: [...(over_udp ? (['udp'] as const) : []), ...(over_tcp ? (['tcp'] as const) : [])],
      is_relayed: over_relay,
    },
    is_complete: stay.is_whole,
  }
}

type Stays = Pick<CallReport, 'stays' | 'left_out' | 'duration_seconds'>

/** Who was in a call, and how it was for him. */
export async function loadStays(sql: Queries, call: CallRow): Promise<Stays> {
  const most = limits.staysPerReport
  const stays = await listMeasuredStays(sql, call.call_id, most)
  const all = stays.length < most ? stays.length : await countStays(sql, call.call_id)
  return { stays: stays.map(toReportedStay), left_out: all - stays.length, duration_seconds: lengthOf(call) }
}
