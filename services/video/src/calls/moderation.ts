import type { CallRole, MediaSource } from '@secureconnect/protocol'
import { callEnded, mayNotModerate, notInThisCall, onlyHosts } from '../errors.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { type CallState, findParticipant, isOver } from './call-state.ts'
import { settle, withoutPeople } from './settle.ts'

/*
 * What hosts and co-hosts do in a call of more than two, each to those below him. Each function takes the state under
 * its lock and answers the next one: the same where nothing changes.
 */

const ranks: Readonly<Record<CallRole, number>> = { listener: 0, speaker: 1, cohost: 2, host: 3 }

/** Nobody is above a host who could let him through again. */
export function heldAs(role: CallRole, stay: Pick<ParticipantRow, 'held_sources'> | undefined): MediaSource[] {
  return role === 'host' ? [] : (stay?.held_sources ?? [])
}

/** Who moderates, and whom: somebody, or `all` below him. */
type Moderation = { by: string; userId: string }

function getModerator(state: CallState, userId: string): ParticipantRow {
  if (isOver(state)) throw callEnded()
  const moderator = findParticipant(state, userId)
  if (state.call.is_direct || !moderator || ranks[moderator.role] < ranks.cohost) throw mayNotModerate()
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

/** Takes somebody out of a call; whom it bans cannot come back into it. */
export function kick(
  state: CallState,
  { ban, ...moderation }: { by: string; userId: string; ban: boolean },
): CallState {
  const subjects = findSubjects(state, moderation)
  return settle(withoutPeople(state, (participant) => subjects.has(participant), ban ? 'banned' : 'kicked'))
}

/** Lets nobody else in, or lets people in again. */
export function lock(state: CallState, { by, isLocked }: { by: string; isLocked: boolean }): CallState {
  getModerator(state, by)
  return state.call.is_locked === isLocked ? state : { ...state, call: { ...state.call, is_locked: isLocked } }
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
