import { newId } from '@secureconnect/sql'
import { bannedFromCall, callEnded, callFull, callLocked, mayNotEnd } from '../errors.ts'
import type { AdmissionRow } from '../stores/admissions.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import {
  type CallState,
  changedRows,
  findAdmission,
  findInvite,
  findParticipant,
  isOver,
  withAdmissions,
  withInvite,
} from './call-state.ts'
import { knock, stopWaiting } from './lobby.ts'
import { heldAs } from './moderation.ts'
import { finish, settle, stopRingingAt, withoutPeople } from './settle.ts'

/*
 * Who is in a call. Each function takes the state under its lock and answers the next one: the same where nothing
 * changes, as when somebody repeats what he did.
 */

/**
 * Somebody, since when he is in the conversation, and his last stay in the call where he had one: what a moderator said of
 * him holds still.
 */
export type Person = {
  userId: string
  sessionId: string
  memberSince?: Date | undefined
  lastStay?: ParticipantRow | undefined
}

/** What the configuration says of calls. */
export type Terms = { maxParticipants: number; resumeMs: number; lobbyMs: number }

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}

function withParticipant(state: CallState, participantId: string, change: Partial<ParticipantRow>): CallState {
  const participants = state.participants.map((participant) =>
    participant.participant_id === participantId ? { ...participant, ...change } : participant,
  )
  return { ...state, participants }
}

type Coming = Pick<ParticipantRow, 'role'> & { at: Date; until: Date }

export function newParticipant({ userId, sessionId, lastStay }: Person, { role, at, until }: Coming): ParticipantRow {
  return {
    participant_id: newId(),
    user_id: userId,
    role,
    held_sources: heldAs(role, lastStay),
    hand_raised_at: null,
    session_id: sessionId,
    connection: 0,
    joined_at: at,
    resume_until: until,
    left_at: null,
    left_reason: null,
  }
}

/** Whom a moderator took out, or who was in the conversation no longer, has to ask like somebody new. */
function mustWait(state: CallState, { userId, memberSince, lastStay }: Person): boolean {
  const { has_lobby, caller_id } = state.call
  if (!has_lobby || userId === caller_id) return false
  const isOfNow = (at: Date) => memberSince === undefined || at >= memberSince
  const admission = findAdmission(state, userId)
  if (admission?.status === 'admitted' && isOfNow(admission.asked_at)) return false
  return (
    !lastStay || !isOfNow(lastStay.joined_at) || ['kicked', 'banned', 'removed'].includes(lastStay.left_reason ?? '')
  )
}

function comeIn(state: CallState, person: Person, { maxParticipants, resumeMs }: Terms): CallState {
  const { call, at, participants } = state
  if (participants.length >= maxParticipants) throw callFull()
  const role = person.userId === call.caller_id ? 'host' : (person.lastStay?.role ?? 'speaker')
  return { ...state, participants: [...participants, newParticipant(person, { role, at, until: later(at, resumeMs) })] }
}

/**
 * Comes into a call, or into its lobby, which answers it where it rings; who is in it already stays the same
 * participant.
 */
export function join(state: CallState, person: Person, terms: Terms): CallState {
  if (isOver(state)) throw callEnded()
  const { call, at } = state
  const until = later(at, terms.resumeMs)
  const present = findParticipant(state, person.userId)
  if (present) {
    const isExpectedLong = present.resume_until === null || present.resume_until >= until
    return isExpectedLong ? state : withParticipant(state, present.participant_id, { resume_until: until })
  }
  if (findAdmission(state, person.userId)?.status === 'banned') throw bannedFromCall()
  if (call.is_locked && person.userId !== call.caller_id) throw callLocked()
  const joined = mustWait(state, person) ? knock(state, person.userId, terms.lobbyMs) : comeIn(state, person, terms)
  const rings = findInvite(state, person.userId)?.status === 'ringing'
  const answer = { status: 'accepted', answered_by: person.sessionId, answered_at: at } as const
  return settle(rings ? withInvite(joined, person.userId, answer) : joined)
}

/** Leaves a call, or its lobby. */
export function leave(state: CallState, userId: string): CallState {
  return settle(withoutPeople(stopWaiting(state, [userId]), ({ user_id }) => user_id === userId, 'left'))
}

function mayEnd(state: CallState, userId: string): boolean {
  const own = findParticipant(state, userId)
  return userId === state.call.caller_id || own?.role === 'host' || (!!own && state.participants.length === 1)
}

export function end(state: CallState, userId: string): CallState {
  if (isOver(state)) return state
  if (!mayEnd(state, userId)) throw mayNotEnd()
  if (state.call.status === 'ringing')
    return finish(state, { status: 'cancelled', reason: 'cancelled', endedBy: userId })
  return finish(state, { status: 'ended', reason: 'ended', endedBy: userId })
}

/** One connection of somebody, as his row numbers it: whether it is there or gone. */
export type Line = { participantId: string; connection: number; isHere: boolean }

/**
 * Notes which lines are there and which are gone; a line that has been replaced says nothing. Whose line is gone is
 * expected back for a while, and who was taken for gone and is there needs not come back.
 */
export function noteLines(state: CallState, lines: readonly Line[], resumeMs: number): CallState {
  const until = later(state.at, resumeMs)
  const participants = state.participants.map((participant) => {
    const { participant_id, connection, resume_until } = participant
    const line = lines.find((one) => one.participantId === participant_id && one.connection === connection)
    if (!line || line.isHere === (resume_until === null)) return participant
    return { ...participant, resume_until: line.isHere ? null : until }
  })
  if (changedRows(state.participants, participants).length === 0) return state
  const isAnybodyHere = participants.some(({ resume_until }) => resume_until === null)
  const recovering_since = isAnybodyHere ? null : state.call.recovering_since
  return { ...state, participants, call: { ...state.call, recovering_since } }
}

/** Notes that somebody is connected; the same state where he has left. */
export function noteBack(
  state: CallState,
  { participantId, sessionId }: { participantId: string; sessionId: string },
): CallState {
  const participant = state.participants.find(({ participant_id }) => participant_id === participantId)
  if (!participant) return state
  const connection = participant.connection + 1
  const back = withParticipant(state, participantId, { connection, session_id: sessionId, resume_until: null })
  return { ...back, call: { ...back.call, recovering_since: null } }
}

/** Notes that nobody is connected, because the room is gone: from now on all are expected back. */
export function noteRoomLost(state: CallState, resumeMs: number): CallState {
  if (isOver(state)) return state
  const until = later(state.at, resumeMs)
  const wasConnected = state.participants.some(({ resume_until }) => resume_until === null)
  const isLater = ({ resume_until }: ParticipantRow) => resume_until === null || resume_until < until
  if (!state.participants.some(isLater)) return state
  const participants = state.participants.map((participant) =>
    isLater(participant) ? { ...participant, resume_until: until } : participant,
  )
  const recovering_since = state.call.recovering_since ?? (wasConnected ? state.at : null)
  return { ...state, participants, call: { ...state.call, recovering_since } }
}

/** Takes those for gone who did not come back in time. */
export function dropOverdue(state: CallState): CallState {
  const isOverdue = ({ resume_until }: ParticipantRow) => resume_until !== null && resume_until <= state.at
  const reason = state.call.recovering_since === null ? 'lost' : 'server_restart'
  return settle(withoutPeople(state, isOverdue, reason))
}

/** Removes people who may not be in a call any more, not wait for it and not be rung; who was let in asks anew. */
export function expel(state: CallState, userIds: readonly string[]): CallState {
  if (isOver(state)) return state
  const isMeant = ({ user_id }: { user_id: string }) => userIds.includes(user_id)
  const invites = stopRingingAt(state, isMeant)
  const isLetIn = (admission: AdmissionRow) => isMeant(admission) && admission.status === 'admitted'
  const outside = withAdmissions(stopWaiting(state, userIds), isLetIn, { status: 'withdrawn' })
  return settle(withoutPeople({ ...outside, invites }, isMeant, 'removed'))
}
