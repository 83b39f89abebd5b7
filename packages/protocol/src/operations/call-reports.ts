import { type Static, Type } from 'typebox'
import { Call, CallInvite, CallStay } from '../call.ts'
import { Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'

const score = (description: string) => Type.Number({ minimum: 0, maximum: 5, description })

const Rating = Type.Object({
  average: score('Of all windows in which anything went that way'),
  worst: score('Of one window'),
})

const CallLine = Type.Object({
  sent_bytes: Type.Integer({ minimum: 0 }),
  received_bytes: Type.Integer({ minimum: 0 }),
  protocols: Type.Array(Type.Union([Type.Literal('udp'), Type.Literal('tcp')]), {
    description:
      'In which media came to the server and went from it; relays talk UDP to it, whatever clients talk to them',
  }),
  is_relayed: Type.Boolean({ description: 'Media went through a relay, as far as the server can see' }),
})

/** One stay of somebody in a call, and how it was. */
export const ReportedStay = Type.Object({
  ...CallStay.properties,
  quality: Type.Object({ up: Nullable(Rating), down: Nullable(Rating) }),
  line: Nullable(CallLine, { description: 'Of oneself, and of everybody for who was a host; else null' }),
  is_complete: Type.Boolean({ description: 'False where a process or a media worker died before it told all it knew' }),
})
export type ReportedStay = Static<typeof ReportedStay>

/** Of more stays the report has the first, and how many it leaves out. */
export const reportedStays = {
  stays: Type.Array(ReportedStay, {
    maxItems: limits.staysPerReport,
    description: 'In the order in which people came',
  }),
  left_out: Type.Integer({ minimum: 0, description: `Stays beyond the first ${limits.staysPerReport}` }),
  duration_seconds: Nullable(Type.Integer(), {
    description: 'Since it was answered; null where it was not, or is not over',
  }),
}

export const CallReport = Type.Object({
  call: Call,
  reported_at: Nullable(Timestamp, {
    description:
      'From then on nothing of this changes; null while the call goes on, or its last measures are being written',
  }),
  ...reportedStays,
  invites: Type.Array(CallInvite),
})
export type CallReport = Static<typeof CallReport>

export const callReports = operations('video-service', {
  get: {
    name: 'calls.report',
    summary: 'How a call went: who was in it when, how well media went and how much; so far, while it goes on',
    method: 'GET',
    path: '/v1/calls/:call_id/report',
    caller: 'user',
    params: Strict({ call_id: Uuid }),
    answer: { 200: CallReport },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'read' },
  },
})
