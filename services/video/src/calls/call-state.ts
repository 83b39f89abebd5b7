import { column } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { AdmissionRow } from '../stores/admissions.ts'
import { CallRow } from '../stores/calls.ts'
import { InviteRow } from '../stores/invites.ts'
import { ParticipantRow } from '../stores/participants.ts'

/** Everything that decides over a call: itself, whom it rings, and who is in it. */
export const CallState = Type.Object({
  call: CallRow,
  invites: Type.Array(InviteRow),
  /** Who asked to be let in, and who is banned. */
  admissions: Type.Array(AdmissionRow),
  /** Whoever is connected or expected back. */
  participants: Type.Array(ParticipantRow),
  /** Who left with the last change. */
  left: Type.Array(ParticipantRow),
  /** When it was read or changed, by the database. */
  at: column.timestamp,
})
export type CallState = Static<typeof CallState>

/** A call before and after a change. */
export type Step = { before: CallState; after: CallState }

const callState = Compile(CallState)
const isTime = /^(at|.*_(at|until|since))$/

/** Where the rooms of a call, wherever they live, hear of its changes: each message is its state. */
export const callChannel = (callId: string) => `call:${callId}`
export const callStateKey = (callId: string) => `call_state:${callId}`

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => (isTime.test(key) && typeof value === 'string' ? new Date(value) : value))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Reads a copy of a call's state; undefined where it is none, or one of another release. */
export function parseCallState(text: string): CallState | undefined {
  const copy = parse(text)
  return callState.Check(copy) ? copy : undefined
}

export function isOver({ call }: CallState): boolean {
  return call.ended_at !== null
}

export function findParticipant({ participants }: CallState, userId: string): ParticipantRow | undefined {
  return participants.find(({ user_id }) => user_id === userId)
}

/** Somebody who is in a call for sure. */
export function getParticipant(state: CallState, userId: string): ParticipantRow {
  const participant = findParticipant(state, userId)
  if (!participant) throw new Error(`Nobody is ${userId} in call ${state.call.call_id}`)
  return participant
}

export function findInvite({ invites }: CallState, userId: string): InviteRow | undefined {
  return invites.find(({ user_id }) => user_id === userId)
}

/** The state with something else in somebody's invite. */
export function withInvite(state: CallState, userId: string, change: Partial<InviteRow>): CallState {
  const invites = state.invites.map((invite) => (invite.user_id === userId ? { ...invite, ...change } : invite))
  return { ...state, invites }
}

export function findAdmission({ admissions }: CallState, userId: string): AdmissionRow | undefined {
  return admissions.find(({ user_id }) => user_id === userId)
}

/** Who waits to be let in, in the order in which they asked. */
export function listWaiting({ admissions }: CallState): AdmissionRow[] {
  return admissions.filter(({ status }) => status === 'waiting')
}

/** The state with something else said to those at its door who are meant. */
export function withAdmissions(
  state: CallState,
  isMeant: (admission: AdmissionRow) => boolean,
  { status, decided_by = null }: Pick<AdmissionRow, 'status'> & Partial<Pick<AdmissionRow, 'decided_by'>>,
): CallState {
  if (!state.admissions.some(isMeant)) return state
  const admissions = state.admissions.map((admission) =>
    isMeant(admission) ? { ...admission, status, decided_by, waits_until: null } : admission,
  )
  return { ...state, admissions }
}

const unrecorded = { recording_id: null, recording_status: null, recording_by: null, recording_at: null }

/** A call in which nobody is recorded. */
export function withoutRecording(call: CallRow): CallRow {
  return call.recording_id === null ? call : { ...call, ...unrecorded }
}

/** The recording that a change of a call ended. */
export function endedRecording({ before, after }: Step): string | undefined {
  const { recording_id: recordingId } = before.call
  return recordingId !== null && recordingId !== after.call.recording_id ? recordingId : undefined
}

/** Those rows that are new or other than before. */
export function changedRows<Row>(before: readonly Row[], after: readonly Row[]): Row[] {
  const known = new Set(before)
  return after.filter((row) => !known.has(row))
}
