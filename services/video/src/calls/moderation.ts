import type { CallRole, MediaSource } from '@secureconnect/protocol'
import { callEnded, mayNotModerate, nobodyAnswered, notInThisCall, onlyHosts } from '../errors.ts'
import type { AdmissionRow } from '../stores/admissions.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { type CallState, findAdmission, findParticipant, isOver, withAdmissions } from './call-state.ts'
import { settle, stopRingingAt, withoutPeople } from './settle.ts'

/*
 * What hosts and co-hosts do in a call of more than two, each to those below him. Each function takes the state under
 * its lock and answers the next one: the same where nothing changes.
 */

const ranks: Readonly<Record<CallRole, number>> = { listener: 0, speaker: 1, cohost: 2, host: 3 }

export function isModerator({ role }: Pick<ParticipantRow, 'role'>): boolean {
  return ranks[role] >= ranks.cohost
}

/** Nobody is above a host who could let him through again. */
export function heldAs(role: CallRole, stay: Pick<ParticipantRow, 'held_sources'> | undefined): MediaSource[] {
  return role === 'host' ? [] : (stay?.held_sources ?? [])
}

/** Who moderates, and whom: somebody, or `all` below him. */
type Moderation = { by: string; userId: string }

/** Who moderates a call; refused where he may not. */
export function getModerator(state: CallState, userId: string): ParticipantRow {
  if (isOver(state)) throw callEnded()
  const moderator = findParticipant(state, userId)
  if (state.call.is_direct || !moderator || !isModerator(moderator)) throw mayNotModerate()
  return moderator
}

/** Whom a moderator's act is about. */
function findSubjects(state: CallState, { by, userId }: Moderation): ReadonlySet<ParticipantRow> {
  const { role } = getModerator(state, by)
  const isBelow = (participant: ParticipantRow) => ranks[participant.role] < ranks[role]
  if (userId === 'all') return new Set(state.participants.filter(isBelow))
  const subject = findParticipant(state, userId)
  if (!subject) throw notInThisCall()
  if (!isBelow(subject)) throw mayNotModerate()
  return new Set([subject])
}

type Change = (participant: ParticipantRow) => ParticipantRow

function changeThem(state: CallState, subjects: ReadonlySet<ParticipantRow>, change: Change): CallState {
  const participants = state.participants.map((one) => (subjects.has(one) ? change(one) : one))
  const isSame = participants.every((participant, index) => participant === state.participants[index])
  return isSame ? state : { ...state, participants }
}

type Holding = Moderation & { sources: readonly MediaSource[]; isHeld: boolean }

/** Has nothing of some sources let through, or lets them through again. */
export function hold(state: CallState, { sources, isHeld, ...moderation }: Holding): CallState {
  return changeThem(state, findSubjects(state, moderation), (participant) => {
    const others = participant.held_sources.filter((source) => !sources.includes(source))
    const held_sources = isHeld ? [...others, ...sources] : others
    return held_sources.length === participant.held_sources.length ? participant : { ...participant, held_sources }
  })
}

/** Takes somebody out of a call; where it has a lobby he has to ask again. */
export function kick(state: CallState, moderation: Moderation): CallState {
  const subjects = findSubjects(state, moderation)
  const isAdmitted = ({ user_id, status }: AdmissionRow) => user_id === moderation.userId && status === 'admitted'
  const outside = withAdmissions(state, isAdmitted, { status: 'withdrawn', decided_by: moderation.by })
  return settle(withoutPeople(outside, (participant) => subjects.has(participant), 'kicked'))
}

/** Somebody who may come, and what he was in the call where he has been there. */
type Banning = Moderation & { lastStay: Pick<ParticipantRow, 'role'> | undefined }

/** Keeps somebody out of a call, whether he is in it, has left or never came. */
export function ban(state: CallState, { by, userId, lastStay }: Banning): CallState {
  const moderator = getModerator(state, by)
  const { role } = findParticipant(state, userId) ?? lastStay ?? { role: 'speaker' }
  // Who called is its host, wherever he is.
  if (userId === state.call.caller_id || ranks[role] >= ranks[moderator.role]) throw mayNotModerate()
  const known = findAdmission(state, userId)
  if (known?.status === 'banned') return state
  const asked_at = known?.asked_at ?? state.at
  const banned = { user_id: userId, status: 'banned', asked_at, waits_until: null, decided_by: by } as const
  const admissions = [...state.admissions.filter((admission) => admission !== known), banned]
  const isMeant = ({ user_id }: { user_id: string }) => user_id === userId
  return settle(withoutPeople({ ...state, admissions, invites: stopRingingAt(state, isMeant) }, isMeant, 'banned'))
}

/** Lets somebody come again who was banned. */
export function unban(state: CallState, { by, userId }: Moderation): CallState {
  getModerator(state, by)
  const isBanned = ({ user_id, status }: AdmissionRow) => user_id === userId && status === 'banned'
  return withAdmissions(state, isBanned, { status: 'withdrawn', decided_by: by })
}

/** Lets nobody else in, and rings no more, as who answered would be refused; or lets people in again. */
export function lock(state: CallState, { by, isLocked }: { by: string; isLocked: boolean }): CallState {
  getModerator(state, by)
  if (state.call.is_locked === isLocked) return state
  if (state.call.status === 'ringing') throw nobodyAnswered()
  const changed = { ...state, call: { ...state.call, is_locked: isLocked } }
  return isLocked ? settle({ ...changed, invites: stopRingingAt(state, () => true) }) : changed
}

/** Says what somebody else is in a call, as its host. */
export function setRole(
  state: CallState,
  { by, userId, role }: { by: string; userId: string; role: CallRole },
): CallState {
  if (getModerator(state, by).role !== 'host' || by === userId) throw onlyHosts()
  // Who called stays its host, so that no call is taken from him.
  if (userId === state.call.caller_id) throw mayNotModerate()
  const subject = findParticipant(state, userId)
  if (!subject) throw notInThisCall()
  return changeThem(state, new Set([subject]), (participant) =>
    participant.role === role ? participant : { ...participant, role, held_sources: heldAs(role, participant) },
  )
}

/** Raises somebody's hand, or takes it down. */
export function raiseHand(state: CallState, { userId, isRaised }: { userId: string; isRaised: boolean }): CallState {
  if (isOver(state)) throw callEnded()
  const own = findParticipant(state, userId)
  if (!own) throw notInThisCall()
  if (isRaised === (own.hand_raised_at !== null)) return state
  return changeThem(state, new Set([own]), () => ({ ...own, hand_raised_at: isRaised ? state.at : null }))
}

/** Takes down the hand of somebody else. */
export function lowerHand(state: CallState, moderation: Moderation): CallState {
  return changeThem(state, findSubjects(state, moderation), (participant) =>
    participant.hand_raised_at === null ? participant : { ...participant, hand_raised_at: null },
  )
}
