import { type Call, type CallParticipant, type CallStanding, MediaSource } from '@secureconnect/protocol'
import type { CallRow } from '../stores/calls.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { type CallState, findInvite } from './call-state.ts'

/** A call as one of those who may know of it sees it. */
export function toCall(call: CallRow, inviteStatus: Call['invite_status']): Call {
  const { call_id, conversation_id, call_type, caller_id, status, is_locked, version, created_at, answered_at } = call
  return {
    call_id,
    conversation_id,
    call_type,
    caller_id,
    status,
    is_locked,
    version,
    invite_status: inviteStatus,
    created_at: created_at.toISOString(),
    answered_at: answered_at?.toISOString() ?? null,
    ended_at: call.ended_at?.toISOString() ?? null,
    end_reason: call.end_reason,
  }
}

export function toCallFor(state: CallState, userId: string): Call {
  return toCall(state.call, findInvite(state, userId)?.status ?? null)
}

/** What somebody is in a call, as all see it. */
export function toStanding({ role, held_sources, hand_raised_at }: ParticipantRow): CallStanding {
  const isListener = role === 'listener'
  const held = isListener ? MediaSource.anyOf.map((source) => source.const) : held_sources
  return { role, held_sources: held, hand_raised_at: hand_raised_at?.toISOString() ?? null }
}

export function toParticipants({ participants }: CallState): CallParticipant[] {
  return participants.map(toParticipant)
}

export function toParticipant(row: ParticipantRow): CallParticipant {
  const { participant_id, user_id, joined_at, left_at, resume_until } = row
  const state = left_at !== null ? 'left' : resume_until === null ? 'connected' : 'away'
  return {
    participant_id,
    user_id,
    ...toStanding(row),
    state,
    joined_at: joined_at.toISOString(),
    left_at: left_at?.toISOString() ?? null,
  }
}
