import { type Static, Type } from 'typebox'
import { Nullable, Timestamp, Uuid } from './fields.ts'

export const CallType = Type.Union([Type.Literal('audio'), Type.Literal('video')])
export type CallType = Static<typeof CallType>

export const CallStatus = Type.Union([
  Type.Literal('ringing'),
  Type.Literal('active', { description: 'Somebody answered' }),
  Type.Literal('ended', { description: 'After it was active' }),
  Type.Literal('missed'),
  Type.Literal('declined'),
  Type.Literal('cancelled'),
  Type.Literal('busy'),
])
export type CallStatus = Static<typeof CallStatus>

/** What became of the ringing at one person. */
export const InviteStatus = Type.Union([
  Type.Literal('ringing'),
  Type.Literal('accepted'),
  Type.Literal('declined'),
  Type.Literal('busy', { description: 'In another call, so it did not ring' }),
  Type.Literal('missed'),
  Type.Literal('cancelled'),
])
export type InviteStatus = Static<typeof InviteStatus>

export const CallEndReason = Type.Union([
  Type.Literal('ended', { description: 'By somebody who may' }),
  Type.Literal('left', { description: 'Nobody was left, or one of two hung up' }),
  Type.Literal('lost', { description: 'Whoever was left did not come back' }),
  Type.Literal('unanswered'),
  Type.Literal('cancelled'),
  Type.Literal('server_restart', { description: 'The service was gone for too long' }),
])
export type CallEndReason = Static<typeof CallEndReason>

/** Why somebody is in a call no more. */
export const CallLeftReason = Type.Union([
  Type.Literal('left'),
  Type.Literal('lost', { description: 'Did not come back in time' }),
  Type.Literal('server_restart', { description: 'Did not come back after the service was gone' }),
  Type.Literal('removed', { description: 'May not be in the call any more' }),
  Type.Literal('kicked', { description: 'By a moderator' }),
  Type.Literal('banned', { description: 'By a moderator, until the call ends' }),
  Type.Literal('ended', { description: 'With the call' }),
])
export type CallLeftReason = Static<typeof CallLeftReason>

/** What became of somebody at the door of a call. */
export const CallAdmission = Type.Union([
  Type.Literal('waiting', { description: 'In the lobby, until somebody lets him in' }),
  Type.Literal('admitted', { description: 'May come in, and again' }),
  Type.Literal('denied', { description: 'Comes in only if a moderator changes his mind' }),
  Type.Literal('missed', { description: 'Nobody answered in time, and he may ask again' }),
  Type.Literal('withdrawn', { description: 'Waits no longer, or is let in no longer, and may ask again' }),
  Type.Literal('banned', { description: 'Until a moderator takes that back' }),
])
export type CallAdmission = Static<typeof CallAdmission>

/** That a call is being recorded, as everybody in it is told. */
export const CallRecording = Type.Object({
  recording_id: Uuid,
  status: Type.Union([
    Type.Literal('waiting', { description: 'As many are recorded as there can be: it begins when another one ends' }),
    Type.Literal('recording'),
  ]),
  started_by: Uuid,
  asked_at: Timestamp,
})
export type CallRecording = Static<typeof CallRecording>

/** What a call is to everybody who hears of it. */
export const CallFacts = Type.Object({
  call_id: Uuid,
  conversation_id: Uuid,
  call_type: CallType,
  caller_id: Uuid,
  status: CallStatus,
  created_at: Timestamp,
  answered_at: Nullable(Timestamp),
  ended_at: Nullable(Timestamp),
  end_reason: Nullable(CallEndReason),
})
export type CallFacts = Static<typeof CallFacts>

export const Call = Type.Object({
  ...CallFacts.properties,
  is_locked: Type.Boolean({ description: 'Nobody else comes in' }),
  has_lobby: Type.Boolean({ description: 'Whoever comes for the first time waits until a moderator lets him in' }),
  is_encrypted: Type.Boolean({ description: 'Those in it encrypt what they publish, as their conversation is' }),
  recording: Nullable(CallRecording, { description: 'Whoever is in the call is recorded, or about to be' }),
  version: Type.Integer({ description: 'Rises with each change' }),
  invite_status: Nullable(InviteStatus, { description: 'Of whoever asks; null where nobody rang him' }),
  admission: Nullable(CallAdmission, { description: 'Of whoever asks; null where he came in without a question' }),
})
export type Call = Static<typeof Call>

export const CallRole = Type.Union([
  Type.Literal('host', { description: 'Who called, and whom he makes one' }),
  Type.Literal('cohost', { description: 'Moderates all who are neither' }),
  Type.Literal('speaker'),
  Type.Literal('listener', { description: 'Hears and sees, and is neither heard nor seen' }),
])
export type CallRole = Static<typeof CallRole>

/** What of somebody is published: at most one of each. */
export const MediaSource = Type.Union([
  Type.Literal('mic'),
  Type.Literal('camera'),
  Type.Literal('screen'),
  Type.Literal('screen_audio'),
])
export type MediaSource = Static<typeof MediaSource>

/** What somebody is in a call. */
export const CallStanding = Type.Object({
  role: CallRole,
  held_sources: Type.Array(MediaSource, { description: 'Of which nothing is let through, whatever his device does' }),
  hand_raised_at: Nullable(Timestamp),
})
export type CallStanding = Static<typeof CallStanding>

/** From when to when somebody was in a call, and as what. */
export const CallStay = Type.Object({
  participant_id: Uuid,
  user_id: Uuid,
  role: CallRole,
  joined_at: Timestamp,
  left_at: Nullable(Timestamp),
  left_reason: Nullable(CallLeftReason),
})
export type CallStay = Static<typeof CallStay>

/** One stay of a person in a call; who left and came again has another. */
export const CallParticipant = Type.Object({
  participant_id: Uuid,
  user_id: Uuid,
  ...CallStanding.properties,
  state: Type.Union([
    Type.Literal('connected'),
    Type.Literal('away', { description: 'Expected, or expected back' }),
    Type.Literal('left'),
  ]),
  joined_at: Timestamp,
  left_at: Nullable(Timestamp),
})
export type CallParticipant = Static<typeof CallParticipant>

export const CallInvite = Type.Object({ user_id: Uuid, status: InviteStatus })
export type CallInvite = Static<typeof CallInvite>

/** Somebody who waits to be let in. */
export const WaitingPerson = Type.Object({ user_id: Uuid, asked_at: Timestamp, waits_until: Timestamp })
export type WaitingPerson = Static<typeof WaitingPerson>
