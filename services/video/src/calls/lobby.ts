import { limits } from '@secureconnect/protocol'
import { callFull, callLocked, deniedByHost, notWaiting } from '../errors.ts'
import type { AdmissionRow } from '../stores/admissions.ts'
import { type CallState, findAdmission, listWaiting, withAdmissions } from './call-state.ts'
import { getModerator } from './moderation.ts'

/*
 * Who waits until he is let into a call. Each function takes the state under its lock and answers the next one: the same
 * where nothing changes.
 */

type Moderation = { by: string; userId: string }

/** Asks to be let in, and waits for so long. */
export function knock(state: CallState, userId: string, lobbyMs: number): CallState {
  const known = findAdmission(state, userId)
  if (known?.status === 'denied') throw deniedByHost()
  if (known?.status === 'waiting') return state
  if (listWaiting(state).length >= limits.waitingPerCall) throw callFull()
  const others = state.admissions.filter((admission) => admission !== known)
  const waits_until = new Date(state.at.getTime() + lobbyMs)
  const asking = { user_id: userId, status: 'waiting', asked_at: state.at, waits_until, decided_by: null } as const
  return { ...state, admissions: [...others, asking] }
}

/** Waits no longer. */
export function stopWaiting(state: CallState, userIds: readonly string[]): CallState {
  const isMeant = ({ user_id, status }: AdmissionRow) => status === 'waiting' && userIds.includes(user_id)
  return withAdmissions(state, isMeant, { status: 'withdrawn' })
}

/** Has those wait no longer whom nobody let in in time. */
export function dropUnanswered(state: CallState): CallState {
  const isDue = ({ waits_until }: AdmissionRow) => waits_until !== null && waits_until <= state.at
  return withAdmissions(state, isDue, { status: 'missed' })
}

/** Says to somebody who waits, or to all who do, whether he may come in; who was denied may be let in after all. */
function answer(state: CallState, { by, userId }: Moderation, status: 'admitted' | 'denied'): CallState {
  const isWaiting = (admission: AdmissionRow) => admission.status === 'waiting'
  if (userId === 'all') return withAdmissions(state, isWaiting, { status, decided_by: by })
  const known = findAdmission(state, userId)
  if (known?.status === status) return state
  if (!known || !(isWaiting(known) || known.status === 'denied')) throw notWaiting()
  return withAdmissions(state, (admission) => admission === known, { status, decided_by: by })
}

export function admit(state: CallState, moderation: Moderation): CallState {
  getModerator(state, moderation.by)
  if (state.call.is_locked) throw callLocked()
  return answer(state, moderation, 'admitted')
}

export function deny(state: CallState, moderation: Moderation): CallState {
  getModerator(state, moderation.by)
  return answer(state, moderation, 'denied')
}

/** Has those who come wait, or lets them in, also those who wait already. */
export function setLobby(state: CallState, { by, hasLobby }: { by: string; hasLobby: boolean }): CallState {
  getModerator(state, by)
  if (state.call.has_lobby === hasLobby) return state
  const changed = { ...state, call: { ...state.call, has_lobby: hasLobby } }
  return hasLobby ? changed : answer(changed, { by, userId: 'all' }, 'admitted')
}
