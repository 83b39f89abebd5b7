import { alreadyAnswered, callEnded, notRinging, notTheCaller } from '../errors.ts'
import type { InviteRow } from '../stores/invites.ts'
import { join, newParticipant, type Person, type Terms } from './attendance.ts'
import { type CallState, findInvite, isOver, withInvite } from './call-state.ts'
import { finish, settle, stopRingingAt } from './settle.ts'

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
    { role: 'host', at, until: new Date((call.rings_until ?? at).getTime() + resumeMs) },
  )
  return settle({ ...state, invites, participants: [caller] })
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

/** Stops the ringing that nobody answered in time. */
export function stopRinging(state: CallState): CallState {
  const { rings_until } = state.call
  if (rings_until === null || rings_until > state.at) return state
  return settle({ ...state, invites: stopRingingAt(state, () => true, 'missed') })
}
