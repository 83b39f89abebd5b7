import { newId } from '@secureconnect/sql'
import { alreadyAnswered, callEnded, callFull, mayNotEnd, notRinging, notTheCaller } from '../errors.ts'
import type { InviteRow } from '../stores/invites.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { type CallState, findInvite, findParticipant, isOver } from './call-state.ts'
import { finish, settle, withoutPeople } from './settle.ts'

/*
 * What people do with a call. Each takes the state under its lock and answers the next one: the same where nothing
 * changes, as when somebody repeats what he did.
 */

export type Person = { userId: string; sessionId: string }

/** What the configuration says of calls. */
export type Terms = { maxParticipants: number; resumeMs: number }

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}

function withInvite(state: CallState, userId: string, change: Partial<InviteRow>): CallState {
  const invites = state.invites.map((invite) => (invite.user_id === userId ? { ...invite, ...change } : invite))
  return { ...state, invites }
}

function withParticipant(state: CallState, participantId: string, change: Partial<ParticipantRow>): CallState {
  const participants = state.participants.map((participant) =>
    participant.participant_id === participantId ? { ...participant, ...change } : participant,
  )
  return { ...state, participants }
}

type Beginning = Person & { calleeIds: readonly string[]; busyIds: readonly string[]; resumeMs: number }

/** Has a new call ring at those who are in no other one, and its caller in it. */
export function begin(state: CallState, { userId, sessionId, calleeIds, busyIds, resumeMs }: Beginning): CallState {
  const { call, at } = state
  const invites = calleeIds.map((calleeId): InviteRow => {
    const isBusy = busyIds.includes(calleeId)
    return { user_id: calleeId, status: isBusy ? 'busy' : 'ringing', answered_by: null, answered_at: null }
  })
  const caller = newParticipant(
    { userId, sessionId },
    { role: 'host', at, until: later(call.rings_until ?? at, resumeMs) },
  )
  return settle({ ...state, invites, participants: [caller] })
}

type Coming = Pick<ParticipantRow, 'role'> & { at: Date; until: Date }

function newParticipant({ userId, sessionId }: Person, { role, at, until }: Coming): ParticipantRow {
  return {
    participant_id: newId(),
    user_id: userId,
    role,
    session_id: sessionId,
    connection: 0,
    joined_at: at,
    resume_until: until,
    left_at: null,
    left_reason: null,
  }
}

/** Comes into a call, which answers it where it rings; who is in it already stays the same participant. */
export function join(state: CallState, person: Person, { maxParticipants, resumeMs }: Terms): CallState {
  if (isOver(state)) throw callEnded()
  const { call, at } = state
  const until = later(at, resumeMs)
  const present = findParticipant(state, person.userId)
  if (present) {
    const isExpectedLong = present.resume_until === null || present.resume_until >= until
    return isExpectedLong ? state : withParticipant(state, present.participant_id, { resume_until: until })
  }
  if (state.participants.length >= maxParticipants) throw callFull()
  const role = person.userId === call.caller_id ? 'host' : 'member'
  const participants = [...state.participants, newParticipant(person, { role, at, until })]
  const joined = { ...state, participants }
  const rings = findInvite(state, person.userId)?.status === 'ringing'
  const answer = { status: 'accepted', answered_by: person.sessionId, answered_at: at } as const
  return settle(rings ? withInvite(joined, person.userId, answer) : joined)
}

/** Answers on one device, which wins over the others. */
export function accept(state: CallState, person: Person, terms: Terms): CallState {
  if (isOver(state)) throw callEnded()
  const invite = findInvite(state, person.userId)
  const isAnswered = invite?.status === 'accepted' || invite?.status === 'declined'
  if (isAnswered && invite.answered_by !== person.sessionId) throw alreadyAnswered()
  return join(state, person, terms)
}

export function decline(state: CallState, { userId, sessionId }: Person): CallState {
  const invite = findInvite(state, userId)
  if (!invite) throw notRinging()
  if (invite.status === 'declined') return state
  if (isOver(state)) throw callEnded()
  if (invite.status === 'accepted') throw alreadyAnswered()
  if (invite.status !== 'ringing') return state
  return settle(withInvite(state, userId, { status: 'declined', answered_by: sessionId, answered_at: state.at }))
}

export function cancel(state: CallState, userId: string): CallState {
  const { call } = state
  if (userId !== call.caller_id) throw notTheCaller()
  if (call.status === 'cancelled') return state
  if (isOver(state)) throw callEnded()
  if (call.status === 'active') throw alreadyAnswered()
  return finish(state, { status: 'cancelled', reason: 'cancelled', endedBy: userId })
}

export function leave(state: CallState, userId: string): CallState {
  return settle(withoutPeople(state, ({ user_id }) => user_id === userId, 'left'))
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

/** Stops the ringing that nobody answered in time. */
export function stopRinging(state: CallState): CallState {
  const { rings_until } = state.call
  if (rings_until === null || rings_until > state.at) return state
  const invites = state.invites.map((invite) =>
    invite.status === 'ringing' ? ({ ...invite, status: 'missed' } as const) : invite,
  )
  return settle({ ...state, invites })
}

type Connection = { participantId: string; connection: number }

/** Notes that somebody's connection is gone, unless he has a newer one: he is expected back for a while. */
export function noteAway(state: CallState, { participantId, connection }: Connection, resumeMs: number): CallState {
  const isCurrent = (participant: ParticipantRow) =>
    participant.participant_id === participantId && participant.connection === connection
  const participant = state.participants.find(isCurrent)
  if (!participant || participant.resume_until !== null) return state
  return withParticipant(state, participantId, { resume_until: later(state.at, resumeMs) })
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

/** Removes people who may not be in a call any more, or not be rung. */
export function expel(state: CallState, userIds: readonly string[]): CallState {
  if (isOver(state)) return state
  const isMeant = ({ user_id }: { user_id: string }) => userIds.includes(user_id)
  const invites = state.invites.map((invite) =>
    invite.status === 'ringing' && isMeant(invite) ? ({ ...invite, status: 'cancelled' } as const) : invite,
  )
  return settle(withoutPeople({ ...state, invites }, isMeant, 'removed'))
}
