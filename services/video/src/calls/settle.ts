import type { CallEndReason, CallLeftReason, CallRole, CallStatus } from '@secureconnect/protocol'
import type { AdmissionRow } from '../stores/admissions.ts'
import type { InviteRow } from '../stores/invites.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { type CallState, isOver, listWaiting, withAdmissions, withoutRecording } from './call-state.ts'

/** Has some people leave; what follows from that is for `settle`. */
export function withoutPeople(
  state: CallState,
  isLeaving: (participant: ParticipantRow) => boolean,
  reason: CallLeftReason,
): CallState {
  const leaving = state.participants.filter(isLeaving)
  if (leaving.length === 0) return state
  return {
    ...state,
    participants: state.participants.filter((participant) => !isLeaving(participant)),
    left: [
      ...state.left,
      ...leaving.map((participant) => ({ ...participant, resume_until: null, left_at: state.at, left_reason: reason })),
    ],
  }
}

const isWaiting = ({ status }: AdmissionRow) => status === 'waiting'

type End = { status: CallStatus; reason: CallEndReason; endedBy?: string }

/** The invites of a call that rings no more at those who are meant. */
export function stopRingingAt(
  { invites }: CallState,
  isMeant: (invite: InviteRow) => boolean,
  status: 'cancelled' | 'missed' = 'cancelled',
): InviteRow[] {
  return invites.map((invite) => (invite.status === 'ringing' && isMeant(invite) ? { ...invite, status } : invite))
}

/** Ends a call for everybody. */
export function finish(state: CallState, { status, reason, endedBy }: End): CallState {
  const { call, at } = state
  const stopped = status === 'missed' ? 'missed' : 'cancelled'
  return {
    ...withoutPeople(withAdmissions(state, isWaiting, { status: 'missed' }), () => true, 'ended'),
    call: {
      ...withoutRecording(call),
      status,
      rings_until: null,
      ended_at: at,
      end_reason: reason,
      ended_by: endedBy ?? null,
    },
    invites: stopRingingAt(state, () => true, stopped),
  }
}

/** How a call ends that nobody answered. */
function outcomeOf(invites: readonly InviteRow[]): CallStatus {
  const outcomes = ['declined', 'busy', 'missed'] as const
  return outcomes.find((outcome) => invites.some(({ status }) => status === outcome)) ?? 'cancelled'
}

/** Why a call ends whose people have left: as the last of them did. */
function reasonOf({ left }: CallState): CallEndReason {
  const reason = left.at(-1)?.left_reason
  return reason === 'lost' || reason === 'server_restart' ? reason : 'left'
}

function settleRinging(state: CallState): CallState {
  const { call, invites, participants, at } = state
  const isCaller = ({ user_id }: ParticipantRow) => user_id === call.caller_id
  if (!participants.every(isCaller) || listWaiting(state).length > 0)
    return settle({ ...state, call: { ...call, status: 'active', answered_at: at } })
  if (!participants.some(isCaller)) {
    const reason = reasonOf(state)
    return finish(state, { status: 'cancelled', reason: reason === 'left' ? 'cancelled' : reason })
  }
  if (invites.some(({ status }) => status === 'ringing')) return state
  const status = outcomeOf(invites)
  return finish(state, { status, reason: status === 'cancelled' ? 'cancelled' : 'unanswered' })
}

/** Has a call of several have a host when the last one has left: a co-host, else a speaker, whoever was in it longest. */
function withHost(state: CallState): CallState {
  const { call, participants } = state
  if (call.is_direct || participants.some(({ role }) => role === 'host')) return state
  const first = (role: CallRole) => participants.find((participant) => participant.role === role)
  const heir = first('cohost') ?? first('speaker')
  if (!heir) return state
  // As with every host, nobody is above him who could let him through again.
  const host: ParticipantRow = { ...heir, role: 'host', held_sources: [] }
  return { ...state, participants: participants.map((one) => (one === heir ? host : one)) }
}

/** Brings a call to where its people have brought it: answered, answered by nobody, left by all. */
export function settle(state: CallState): CallState {
  if (isOver(state)) return state
  if (state.call.status === 'ringing') return settleRinging(state)
  const { call, invites, participants } = state
  if (participants.length === 0 || (call.is_direct && participants.length === 1)) {
    return finish(state, { status: 'ended', reason: reasonOf(state) })
  }
  const hosted = withHost(state)
  const rings = invites.some(({ status }) => status === 'ringing')
  return rings || call.rings_until === null ? hosted : { ...hosted, call: { ...call, rings_until: null } }
}
