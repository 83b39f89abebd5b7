import { type Static, Type } from 'typebox'
import { Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { IceServer } from './ice-servers.ts'

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

export const Call = Type.Object({
  call_id: Uuid,
  conversation_id: Uuid,
  call_type: CallType,
  caller_id: Uuid,
  status: CallStatus,
  is_locked: Type.Boolean({ description: 'Nobody else comes in' }),
  version: Type.Integer({ description: 'Rises with each change' }),
  invite_status: Nullable(InviteStatus, { description: 'Of whoever asks; null where nobody rang him' }),
  created_at: Timestamp,
  answered_at: Nullable(Timestamp),
  ended_at: Nullable(Timestamp),
  end_reason: Nullable(CallEndReason),
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

const signalingUrl = Type.String({ description: 'Where to open the socket of the call' })

export const InitiatedCall = Type.Object({
  ...Call.properties,
  ice_servers: Type.Array(IceServer),
  signaling_url: signalingUrl,
})
export type InitiatedCall = Static<typeof InitiatedCall>

/** What somebody who is in a call needs to connect to it. */
export const JoinedCall = Type.Object({
  call: Call,
  participant: CallParticipant,
  ice_servers: Type.Array(IceServer),
  signaling_url: signalingUrl,
  join_token: Type.String({ description: 'For the frame "join"' }),
})
export type JoinedCall = Static<typeof JoinedCall>

export const InitiateCall = Strict({
  conversation_id: Uuid,
  call_type: CallType,
  callee_ids: Type.Optional(
    Type.Array(Uuid, {
      minItems: 1,
      maxItems: limits.calleesPerCall,
      uniqueItems: true,
      description: `Whom it rings; without it everybody else who is in the conversation. Where those are more than ${limits.calleesPerCall} some must be named, or it is refused with LIMIT_REACHED; all others may join`,
    }),
  ),
})
export type InitiateCall = Static<typeof InitiateCall>

const ofUser = { caller: 'user' } as const
const aCall = { ...ofUser, params: Strict({ call_id: Uuid }) } as const

export const calls = operations('video-service', {
  initiate: {
    name: 'calls.initiate',
    summary: 'Call the people of a conversation; with the same Idempotency-Key again, the call that was begun',
    method: 'POST',
    path: '/v1/calls/initiate',
    rate: 'calls.initiate',
    body: InitiateCall,
    answer: { 201: InitiatedCall },
    errors: [
      'CONVERSATION_NOT_FOUND',
      'USER_NOT_FOUND',
      'BLOCKED',
      'CONFLICT',
      'LIMIT_REACHED',
      'IDEMPOTENCY_MISMATCH',
      'CALL_NOT_FOUND',
      'MEDIA_NOT_READY',
      'CAPACITY',
    ],
    audit: { resource: 'call', action: 'initiate' },
    ...ofUser,
  },
  list: {
    name: 'calls.list',
    summary: 'The calls of a conversation, or all that oneself made, got or was in; the newest first',
    method: 'GET',
    path: '/v1/calls',
    query: Strict({ conversation_id: Type.Optional(Uuid), status: Type.Optional(CallStatus), ...pageQuery }),
    answer: { 200: Page('calls', Call) },
    errors: ['CONVERSATION_NOT_FOUND', 'INVALID_CURSOR'],
    audit: { resource: 'call', action: 'list' },
    ...ofUser,
  },
  get: {
    name: 'calls.get',
    summary: 'One call as it stands',
    method: 'GET',
    path: '/v1/calls/:call_id',
    answer: { 200: Call },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'read' },
    ...aCall,
  },
  listParticipants: {
    name: 'calls.participants',
    summary: 'Who is and was in a call, in the order in which they came, and whom it rang',
    method: 'GET',
    path: '/v1/calls/:call_id/participants',
    answer: { 200: Type.Object({ participants: Type.Array(CallParticipant), invites: Type.Array(CallInvite) }) },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'read' },
    ...aCall,
  },
  accept: {
    name: 'calls.accept',
    summary: 'Answer a call on this device; it stops ringing on the others',
    method: 'POST',
    path: '/v1/calls/:call_id/accept',
    rate: 'calls.join',
    answer: { 200: JoinedCall },
    errors: [
      'CALL_NOT_FOUND',
      'CALL_ENDED',
      'CALL_FULL',
      'CALL_LOCKED',
      'ALREADY_ANSWERED',
      'BLOCKED',
      'FORBIDDEN',
      'MEDIA_NOT_READY',
      'CAPACITY',
    ],
    audit: { resource: 'call', action: 'accept' },
    ...aCall,
  },
  decline: {
    name: 'calls.decline',
    summary: 'Do not answer a call; it stops ringing on all own devices and goes on ringing at others',
    method: 'POST',
    path: '/v1/calls/:call_id/decline',
    answer: { 200: Call },
    errors: ['CALL_NOT_FOUND', 'CALL_ENDED', 'ALREADY_ANSWERED', 'FORBIDDEN'],
    audit: { resource: 'call', action: 'decline' },
    ...aCall,
  },
  cancel: {
    name: 'calls.cancel',
    summary: 'Hang up before anybody answered, as who called',
    method: 'POST',
    path: '/v1/calls/:call_id/cancel',
    answer: { 200: Call },
    errors: ['CALL_NOT_FOUND', 'CALL_ENDED', 'ALREADY_ANSWERED', 'FORBIDDEN'],
    audit: { resource: 'call', action: 'cancel' },
    ...aCall,
  },
  join: {
    name: 'calls.join',
    summary: 'Come into a call of a conversation that one is in, also late, again or on another device',
    method: 'POST',
    path: '/v1/calls/:call_id/join',
    rate: 'calls.join',
    answer: { 200: JoinedCall },
    errors: [
      'CALL_NOT_FOUND',
      'CALL_ENDED',
      'CALL_FULL',
      'CALL_LOCKED',
      'BLOCKED',
      'FORBIDDEN',
      'MEDIA_NOT_READY',
      'CAPACITY',
    ],
    audit: { resource: 'call', action: 'join' },
    ...aCall,
  },
  leave: {
    name: 'calls.leave',
    summary: 'Leave a call; it ends with the last one, and between two people with the first',
    method: 'POST',
    path: '/v1/calls/:call_id/leave',
    answer: { 200: Call },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'leave' },
    ...aCall,
  },
  end: {
    name: 'calls.end',
    summary: 'End a call for everybody, as who called, as host or as the last one who is in it',
    method: 'POST',
    path: '/v1/calls/:call_id/end',
    answer: { 200: Call },
    errors: ['CALL_NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'call', action: 'end' },
    ...aCall,
  },
})
