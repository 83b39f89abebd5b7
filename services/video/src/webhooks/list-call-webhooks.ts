import type { CallWebhook, RecordingStatus } from '@secureconnect/protocol'
import { changedRows, endedRecording, type Step } from '../calls/call-state.ts'
import { findHeir } from '../calls/find-heir.ts'
import { toCallFacts, toCallRecording, toStay } from '../calls/to-call.ts'
import { toComposite } from '../composite/describe-composite.ts'
import type { CallRow } from '../stores/calls.ts'
import type { CompositeRow } from '../stores/composites.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import type { RecordingRow } from '../stores/recordings.ts'

type OfParticipant = Extract<CallWebhook, { data: { participant: object } }>
type OfAdmission = Extract<CallWebhook, { data: { admission: object } }>
type OfComposite = Extract<CallWebhook, { data: { composite: object } }>
type OfRecording = Exclude<Extract<CallWebhook, { data: { recording: object } }>, OfComposite>
type Report = Extract<CallWebhook, { type: 'call.report' }>
type OfCall = Exclude<CallWebhook, OfParticipant | OfAdmission | OfRecording | OfComposite | Report>

/** Who came with a change of a call, also if that same change had him leave. */
function listJoined({ before, after }: Step): ParticipantRow[] {
  const known = new Set(before.participants.map(({ participant_id }) => participant_id))
  return [...after.participants, ...after.left].filter(({ participant_id }) => !known.has(participant_id))
}

/** The last that webhooks tell of a call. */
export function toReportWebhook(call: CallRow, report: Report['data']['report'], at: Date): CallWebhook {
  const sequence = call.webhooks_told + 1
  const data = { call: { ...toCallFacts(call), participant_count: 0 }, report }
  return { type: 'call.report', timestamp: at.toISOString(), sequence, data }
}

/** That a recording is ready, or that nothing of it could be kept, whenever that comes. */
export function toRecordingWebhook(
  call: CallRow,
  {
    recording_id,
    status,
    started_by,
    asked_at,
  }: Pick<RecordingRow, 'recording_id' | 'status' | 'started_by' | 'asked_at'>,
  at: Date,
): OfRecording {
  const recording = { recording_id, status, started_by, asked_at: asked_at.toISOString() }
  const data = { call: { ...toCallFacts(call), participant_count: 0 }, recording }
  return { type: 'call.recording_finished', timestamp: at.toISOString(), sequence: call.webhooks_told + 1, data }
}

/** What became of the composite of a recording, whenever that comes. */
export function toCompositeWebhook(
  call: CallRow,
  { recording, composite, at }: { recording: RecordingRow; composite: CompositeRow; at: Date },
): OfComposite {
  const told = toRecordingWebhook(call, recording, at)
  const { asked_by: _, asked_at: __, ...facts } = toComposite(composite)
  return { ...told, type: 'call.composite_finished', data: { ...told.data, composite: facts } }
}

/** What webhooks tell of a change of a call, in the order in which they tell it. */
export function listCallWebhooks(step: Step): CallWebhook[] {
  const { before, after } = step
  const call = toCallFacts(after.call)
  const webhooks: CallWebhook[] = []
  let participant_count = before.participants.length
  const number = () => ({
    timestamp: after.at.toISOString(),
    sequence: before.call.webhooks_told + webhooks.length + 1,
  })
  const tell = (type: OfCall['type']) => {
    webhooks.push({ ...number(), type, data: { call: { ...call, participant_count } } })
  }
  const tellOf = (type: OfParticipant['type'], row: ParticipantRow) => {
    const participant = toStay(row)
    webhooks.push({ ...number(), type, data: { call: { ...call, participant_count }, participant } })
  }

  const tellOfRecording = (type: OfRecording['type'], row: CallRow, status: RecordingStatus) => {
    const known = toCallRecording(row)
    if (!known) return
    const recording = { ...known, status }
    webhooks.push({ ...number(), type, data: { call: { ...call, participant_count }, recording } })
  }

  if (before.call.version === 1) tell('call.ringing')
  for (const row of listJoined(step)) {
    participant_count += 1
    tellOf('call.participant_joined', { ...row, left_at: null, left_reason: null })
  }
  if (before.call.answered_at === null && after.call.answered_at !== null) tell('call.answered')
  for (const row of after.left) {
    participant_count -= 1
    tellOf('call.participant_left', row)
  }
  for (const { user_id, status, decided_by } of changedRows(before.admissions, after.admissions)) {
    const admission = { user_id, status, decided_by }
    webhooks.push({
      ...number(),
      type: 'call.admission_changed',
      data: { call: { ...call, participant_count }, admission },
    })
  }
  const heir = findHeir(step)
  if (heir) tellOf('call.host_changed', heir)
  if (endedRecording(step)) tellOfRecording('call.recording_stopped', before.call, 'storing')
  if (after.call.recording_id !== null && after.call.recording_id !== before.call.recording_id)
    tellOfRecording('call.recording_started', after.call, 'waiting')
  if (before.call.ended_at === null && after.call.ended_at !== null) tell('call.ended')
  return webhooks
}
