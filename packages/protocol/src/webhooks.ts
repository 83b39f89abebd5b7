import { type Static, type TSchema, Type } from 'typebox'
import { CallAdmission, CallFacts, CallStay } from './call.ts'
import { Nullable, Timestamp, Uuid } from './fields.ts'
import { RecordingComposite, RecordingStatus } from './operations/call-recordings.ts'
import { reportedStays } from './operations/call-reports.ts'

/** A call as webhooks tell of it: all but the count as it is after the change that caused them, one or several. */
const WebhookCall = Type.Object({
  ...CallFacts.properties,
  participant_count: Type.Integer({ minimum: 0, description: 'People who are in it after this event' }),
})

function Webhook<const T extends string, D extends TSchema>(type: T, description: string, data: D) {
  return Type.Object(
    {
      type: Type.Literal(type),
      timestamp: Timestamp,
      sequence: Type.Integer({ minimum: 1, description: 'Counts the events of a call, without a gap' }),
      data,
    },
    { description },
  )
}

const OfCall = Type.Object({ call: WebhookCall })
const OfParticipant = Type.Object({ call: WebhookCall, participant: CallStay })

const OfAdmission = Type.Object({
  call: WebhookCall,
  admission: Type.Object({
    user_id: Uuid,
    status: CallAdmission,
    decided_by: Nullable(Uuid, { description: 'The moderator; null where nobody decided' }),
  }),
})

const OfRecording = Type.Object({
  call: WebhookCall,
  recording: Type.Object({ recording_id: Uuid, status: RecordingStatus, started_by: Uuid, asked_at: Timestamp }),
})

const OfComposite = Type.Object({
  ...OfRecording.properties,
  composite: Type.Omit(RecordingComposite, ['asked_by', 'asked_at']),
})

/** What another system of the operator's is told of calls; the bodies of the posts. */
export const callWebhooks = [
  Webhook('call.ringing', 'Somebody calls', OfCall),
  Webhook('call.participant_joined', 'Somebody is in a call; the caller is from the beginning', OfParticipant),
  Webhook('call.answered', 'The first callee is in, or in the lobby', OfCall),
  Webhook('call.host_changed', 'The last host left, and somebody else became one', OfParticipant),
  Webhook('call.admission_changed', 'Somebody waits in the lobby, or was told whether he may come in', OfAdmission),
  Webhook('call.recording_started', 'A host has the call recorded', OfRecording),
  Webhook(
    'call.recording_stopped',
    'Nothing is recorded any more; its files are on their way to the store',
    OfRecording,
  ),
  Webhook(
    'call.recording_finished',
    'A recording is ready, or nothing of it could be kept; it may come after the report of its call',
    OfRecording,
  ),
  Webhook(
    'call.composite_finished',
    'The one file of a recording is made, or there will be none; told again where it was made anew without the tracks of an erased account',
    OfComposite,
  ),
  Webhook('call.participant_left', 'Somebody is in a call no more', OfParticipant),
  Webhook('call.ended', 'A call is over: only its report is to come, and what becomes of its recordings', OfCall),
  Webhook(
    'call.report',
    'How a call went that is over: who was in it when, how well media went and how much. Nothing more is told of it but what becomes of its recordings',
    Type.Object({ call: WebhookCall, report: Type.Object(reportedStays) }),
  ),
] as const
export type CallWebhook = Static<(typeof callWebhooks)[number]>

/** What `try` posts, so that an operator sees whether posts arrive. */
export const TestWebhook = Webhook('webhook.test', 'An operator tries whether posts arrive', Type.Object({}))
export type TestWebhook = Static<typeof TestWebhook>
