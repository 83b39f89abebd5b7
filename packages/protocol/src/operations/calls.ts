import { type Static, Type } from 'typebox'
import { Call, CallInvite, CallParticipant, CallStatus, CallType, WaitingPerson } from '../call.ts'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { IceServer } from './ice-servers.ts'

const signalingUrl = Type.String({ description: 'Where to open the socket of the call' })

export const InitiatedCall = Type.Object({
  ...Call.properties,
  ice_servers: Type.Array(IceServer),
  signaling_url: signalingUrl,
})
export type InitiatedCall = Static<typeof InitiatedCall>

/** A call, and where its people are as long as it goes on. */
export const FoundCall = Type.Object({
  ...Call.properties,
  signaling_url: Nullable(Type.String(), {
    description: 'Where the socket of the call is opened now; asking brings nobody in. Null once it is over',
  }),
})
export type FoundCall = Static<typeof FoundCall>

/** What somebody who is in a call needs to connect to it. */
export const JoinedCall = Type.Object({
  call: Call,
  participant: CallParticipant,
  ice_servers: Type.Array(IceServer),
  signaling_url: signalingUrl,
  join_token: Type.String({ description: 'For the frame "join"' }),
})
export type JoinedCall = Static<typeof JoinedCall>

/** What somebody gets who has to be let in first. */
export const WaitingForCall = Type.Object({
  call: Call,
  participant: Type.Null(),
  signaling_url: Type.String({
    description: 'Where to hear of it: the frame "join" waits there, and is to be sent again after "lobby.admitted"',
  }),
})
export type WaitingForCall = Static<typeof WaitingForCall>

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
  has_lobby: Type.Optional(Type.Boolean({ description: 'Not in a conversation of two' })),
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
    answer: { 200: FoundCall },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'read' },
    ...aCall,
  },
  listParticipants: {
    name: 'calls.participants',
    summary: 'Who is and was in a call, in the order in which they came, and whom it rang',
    method: 'GET',
    path: '/v1/calls/:call_id/participants',
    answer: {
      200: Type.Object({
        participants: Type.Array(CallParticipant),
        invites: Type.Array(CallInvite),
        waiting: Type.Array(WaitingPerson, {
          description: 'In the lobby; told to hosts and co-hosts who are in the call',
        }),
      }),
    },
    errors: ['CALL_NOT_FOUND'],
    audit: { resource: 'call', action: 'read' },
    ...aCall,
  },
  accept: {
    name: 'calls.accept',
    summary: 'Answer a call on this device; it stops ringing on the others. Where it has a lobby, wait there (202)',
    method: 'POST',
    path: '/v1/calls/:call_id/accept',
    rate: 'calls.join',
    answer: { 200: JoinedCall, 202: WaitingForCall },
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
    summary:
      'Come into a call of a conversation that one is in, also late, again or on another device; or into its lobby (202)',
    method: 'POST',
    path: '/v1/calls/:call_id/join',
    rate: 'calls.join',
    answer: { 200: JoinedCall, 202: WaitingForCall },
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
