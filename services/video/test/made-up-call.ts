import { newId } from '@secureconnect/sql'
import type { CallState } from '../src/calls/call-state.ts'
import { begin } from '../src/calls/ringing.ts'

export const terms = { maxParticipants: 5, resumeMs: 30_000, lobbyMs: 60_000 }
export const ringMs = 30_000
const start = new Date('2026-01-01T00:00:00.000Z')

export const device = (userId: string, name = 'phone') => ({ userId, sessionId: `${userId}'s ${name}` })

/** A call of Ada's that rings at some people. */
export function ring(
  calleeIds: readonly string[],
  { isDirect = false, hasLobby = false, busyIds = [] as readonly string[] } = {},
): CallState {
  const call = {
    call_id: newId(),
    conversation_id: newId(),
    is_direct: isDirect,
    call_type: 'audio',
    caller_id: 'ada',
    status: 'ringing',
    version: 1,
    rings_until: new Date(start.getTime() + ringMs),
    created_at: start,
    answered_at: null,
    ended_at: null,
    end_reason: null,
    ended_by: null,
    recovering_since: null,
    is_locked: false,
    has_lobby: hasLobby,
    is_encrypted: false,
    webhooks_told: 0,
    recording_id: null,
    recording_status: null,
    recording_by: null,
    recording_at: null,
    reported_at: null,
  } as const
  const state = { call, invites: [], participants: [], admissions: [], left: [], at: start }
  return begin(state, { ...device('ada'), calleeIds, busyIds, resumeMs: terms.resumeMs })
}

/** The same, so much later. */
export function after(state: CallState, ms: number): CallState {
  return { ...state, left: [], at: new Date(state.at.getTime() + ms) }
}

export const ids = ({ participants }: CallState) => participants.map(({ user_id }) => user_id)
export const statuses = ({ invites }: CallState) => invites.map(({ status }) => status)
