import {
  type Call,
  type CallFacts,
  type CallParticipant,
  type CallRecording,
  type CallStanding,
  type CallStay,
  MediaSource,
  type WaitingPerson,
} from '@secureconnect/protocol'
import type { CallRow } from '../stores/calls.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { type CallState, findAdmission, findInvite, listWaiting } from './call-state.ts'

/** That a call is being recorded, as all who may know of it are told. */
export function toCallRecording(call: CallRow): CallRecording | null {
  const { recording_id, recording_status: status, recording_by: started_by, recording_at } = call
  if (recording_id === null || status === null || started_by === null || recording_at === null) return null
  return { recording_id, status, started_by, asked_at: recording_at.toISOString() }
}

/** A call as everybody sees it who hears of it. */
export function toCallFacts(call: CallRow): CallFacts {
  const { call_id, conversation_id, call_type, caller_id, status, end_reason } = call
  return {
    call_id,
    conversation_id,
    call_type,
    caller_id,
    status,
    created_at: call.created_at.toISOString(),
    answered_at: call.answered_at?.toISOString() ?? null,
    ended_at: call.ended_at?.toISOString() ?? null,
    end_reason,
  }
}

/** A call as one of those who may know of it sees it. */
export function toCall(call: CallRow, { invite_status, admission }: Pick<Call, 'invite_status' | 'admission'>): Call {
  const { is_locked, has_lobby, is_encrypted, version } = call
  const recording = toCallRecording(call)
  return { ...toCallFacts(call), is_locked, has_lobby, is_encrypted, recording, version, invite_status, admission }
}

/** From when to when somebody was in a call, and as what. */
export function toStay(row: Pick<ParticipantRow, keyof CallStay>): CallStay {
  const { participant_id, user_id, role, joined_at, left_at, left_reason } = row
  return {
    participant_id,
    user_id,
    role,
    joined_at: joined_at.toISOString(),
    left_at: left_at?.toISOString() ?? null,
    left_reason,
  }
}

export function toCallFor(state: CallState, userId: string): Call {
  const [invite, admission] = [findInvite(state, userId), findAdmission(state, userId)]
  return toCall(state.call, { invite_status: invite?.status ?? null, admission: admission?.status ?? null })
}

/** What somebody is in a call, as all see it. */
export function toStanding({ role, held_sources, hand_raised_at }: ParticipantRow): CallStanding {
  const isListener = role === 'listener'
  const held = isListener ? MediaSource.anyOf.map((source) => source.const) : held_sources
  return { role, held_sources: held, hand_raised_at: hand_raised_at?.toISOString() ?? null }
}

/** Who waits to be let in, as moderators see it. */
export function toWaiting(state: CallState): WaitingPerson[] {
  return listWaiting(state).map(({ user_id, asked_at, waits_until }) => {
    return { user_id, asked_at: asked_at.toISOString(), waits_until: (waits_until ?? asked_at).toISOString() }
  })
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
